namespace Acp.Daemon.Identity;

/// <summary>Why a state directory gives no identity.</summary>
public enum StateDirectoryProblem
{
    None = 0,

    /// <summary>The directory is not there, or holds none of our files: a node that was never enrolled.</summary>
    NotEnrolled,

    /// <summary>Some files are there and this one is not.</summary>
    MissingFile,

    /// <summary>The system would not let us read it.</summary>
    Unreadable,

    /// <summary>Others than its owner may read the key.</summary>
    PermissionsTooOpen,

    /// <summary>Not a certificate in PEM, cut short, or the wrong number of them.</summary>
    BadCertificate,

    /// <summary>Not a private key in PEM, cut short, encrypted, or of an unknown kind.</summary>
    BadKey,

    /// <summary>The files are well-formed and do not make an ACP node together; see the text.</summary>
    BadIdentity,
}
