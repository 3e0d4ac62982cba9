"""Make the sample machine's operating system: 512 bytes, assembled from the text below.

It greets on the screen and on the first serial port, counts on its own disk how often it was
started (so every clone soon differs from its template), shows a clock, echoes what is typed on
either console, and switches itself off when the power button is pressed. In between it halts
the processor: a machine that does nothing uses next to no host CPU.
"""

from .assembler import assemble

__all__ = ["GREETING", "SECTOR_BYTES", "boot_sector"]

GREETING = "qq2clone sample"
SECTOR_BYTES = 512

# The BIOS loads a boot sector at this address and jumps to it (dl: the drive it came from).
LOAD_ADDRESS = 0x7C00
SIGNATURE = b"\x55\xaa"

# Where the firmware of QEMU's "pc" and "q35" machines puts the ACPI PM1 registers
# (PORT_ACPI_PM_BASE in SeaBIOS, src/config.h): status, enable at +2, control at +4.
# Bit 8 of status and enable is the power button; in control, bit 13 with sleep type 0 is "off"
# (ACPI specification, 4.8.3).
PROGRAM = """
start:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, start           ; the stack grows down from below this code
        sti
        cld

        push dx                 ; dl is the drive we came from
        mov dx, 0x602           ; ACPI: let the power button set its status bit; until then
        mov ax, 0x0100          ; a press is lost, so this comes first
        out dx, ax
        pop dx

        mov ax, 0x0201          ; int 13h, 2: read one sector, the disk's second, behind this one
        call sector
        jc greet
        inc [{starts}]
        mov ax, 0x0301          ; int 13h, 3: and write it back, one start more
        call sector

greet:  mov ax, 0x00E3          ; int 14h, 0: first serial port at 9600 baud, 8 bits, no parity
        xor dx, dx
        int 0x14
        mov si, name
        call print
        mov ax, [{starts}]
        call number
        mov si, end
        call print

idle:   hlt                     ; until an interrupt: the timer's come 18 times a second
        mov dx, 0x600           ; ACPI: has the power button been pressed?
        in ax, dx
        test ah, 1
        jnz off
        mov ah, 1               ; int 16h, 1: is a key waiting?
        int 0x16
        jz remote
        mov ah, 0               ; int 16h, 0: take it
        int 0x16
        call echo
remote: xor dx, dx
        mov ah, 3               ; int 14h, 3: has a byte come in on the serial port?
        int 0x14
        test ah, 1
        jz clock
        mov ah, 2               ; int 14h, 2: take it
        int 0x14
        call echo

clock:  mov ah, 2               ; int 1Ah, 2: time of day, in decimal digits: ch:cl:dh
        int 0x1A
        jc idle
        cmp dh, [second]
        jz idle
        mov [second], dh
        push dx
        push cx
        mov bx, 0               ; int 10h, 3: where is the cursor? On page 0.
        mov ah, 3
        int 0x10
        mov di, dx
        mov dx, 0x0047          ; int 10h, 2: go to line 0, column 71
        mov ah, 2
        int 0x10
        pop cx
        mov al, ch
        call digits
        mov al, cl
        call digits
        pop dx
        mov al, dh
        call digits
        mov dx, di              ; and back to where it was
        mov ah, 2
        mov bx, 0
        int 0x10
        jmp idle

off:    mov dx, 0x604           ; ACPI: sleep type 0, sleep enable
        mov ax, 0x2000
        out dx, ax
        jmp idle

sector: mov bx, {starts}          ; int 13h on cylinder 0, head 0, sector 2 of the drive in dl
        mov cx, 2
        mov dh, 0
        pusha
        int 0x13
        popa
        ret

digits: push ax                 ; two decimal digits and a blank, on the screen only
        shr al, 4
        call digit
        pop ax
        push ax
        and al, 0x0F
        call digit
        pop ax
        mov al, 32
        jmp show

digit:  add al, 48
show:   pusha
        mov bx, 7               ; int 10h, 0Eh: write like a teletype
        mov ah, 0x0E
        int 0x10
        popa
        ret

number: xor dx, dx              ; ax in decimal, on both consoles
        mov bx, 10
        div bx
        push dx
        test ax, ax
        jz last
        call number
last:   pop ax
        add al, 48
        jmp both

echo:   cmp al, 13              ; Return starts a new line
        jnz both
        mov si, end
print:  lodsb                   ; text at si up to a zero byte, on both consoles
        cmp al, 0
        jz done
        call both
        jmp print
done:   ret

both:   call show
        pusha
        mov ah, 1               ; int 14h, 1: send al to the first serial port
        xor dx, dx
        int 0x14
        popa
        ret

second: db 0xFF
name:   db {name}
end:    db 13, 10, 0
"""


def boot_sector() -> bytes:
    """Return the boot sector, signature included.

    Raises:
        ValueError: the program has outgrown its sector.
    """
    text = f"{GREETING}, start "
    name = ", ".join(str(byte) for byte in (*text.encode("ascii"), 0))
    # The count of starts is read to just behind the boot sector, into memory nobody else uses.
    code = assemble(PROGRAM.format(name=name, starts=LOAD_ADDRESS + SECTOR_BYTES), LOAD_ADDRESS)
    if len(code) > SECTOR_BYTES - len(SIGNATURE):
        raise ValueError(f"the boot sector is {len(code)} bytes long")
    return code.ljust(SECTOR_BYTES - len(SIGNATURE), b"\0") + SIGNATURE
