namespace Acp.Daemon.Ca;

/// <summary>
/// What a registrar must not forget (RFC 8994 §6.11.7.3): <c>registrar.json</c>. Everything is required: a number that
/// is missing must not be read as 0.
/// </summary>
public sealed class RegistrarRecord
{
    /// <summary>acp-domain-name, lower case.</summary>
    public required string Domain { get; set; }

    /// <summary>Registrar-ID, 46 bits as 12 hex digits.</summary>
    public required string RegistrarId { get; set; }

    /// <summary>The next free Node-Number with Zone-ID 0. All three only ever grow.</summary>
    public required int NextZone { get; set; }

    /// <summary>The next free Node-Number of Vlong /120.</summary>
    public required int NextVlong120 { get; set; }

    /// <summary>The next free Node-Number of Vlong /112.</summary>
    public required int NextVlong112 { get; set; }

    /// <summary>Every rsub given out, lower case, "" for none: new ones are checked for hash collisions (F-33).</summary>
    public required List<string> Rsubs { get; set; }
}
