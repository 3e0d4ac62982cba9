"""Find the channel of the guest agent in a domain's XML."""

from .safe_xml import parse_domain

__all__ = ["AGENT_CHANNEL", "has_agent_channel"]

AGENT_CHANNEL = "org.qemu.guest_agent.0"
"""Name of the channel that connects an agent; https://libvirt.org/formatdomain.html#channel"""


def has_agent_channel(xml: str) -> bool:
    """Tell whether a machine has a channel for an agent to which one is connected, as far as the XML tells.

    Raises:
        BadXml: not domain XML.
    """
    targets = parse_domain(xml).iterfind("devices/channel/target")
    return any(
        target.get("name") == AGENT_CHANNEL and target.get("state", "connected") == "connected" for target in targets
    )
