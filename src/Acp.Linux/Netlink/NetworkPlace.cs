namespace Acp.Linux.Netlink;

/// <summary>Which of a node's three namespaces.</summary>
public enum NetworkPlace
{
    Host,
    Abutment,
    Acp,
}
