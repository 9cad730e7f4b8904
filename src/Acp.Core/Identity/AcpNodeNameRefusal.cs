namespace Acp.Core.Identity;

/// <summary>What is wrong with an AcpNodeName, as text or in a certificate.</summary>
public enum AcpNodeNameRefusal
{
    None = 0,

    /// <summary>Empty, or longer than any valid name.</summary>
    BadLength,

    /// <summary>There must be exactly one "@".</summary>
    BadAt,

    /// <summary>acp-address is neither omitted, "0" nor 32 hex digits.</summary>
    BadAddress,

    /// <summary>rsub is not a domain name of RFC 1034 §3.5.</summary>
    BadRsub,

    /// <summary>An extension is empty or holds a character that is not etext.</summary>
    BadExtension,

    /// <summary>acp-domain-name is not a domain name of RFC 1034 §3.5.</summary>
    BadDomain,

    /// <summary>The certificate has no AcpNodeName anywhere.</summary>
    Absent,

    /// <summary>The certificate has one, but not as IA5String in an otherName.</summary>
    WrongEncoding,

    /// <summary>The certificate has several, and it is not for us to choose.</summary>
    Several,

    /// <summary>The subjectAltName extension is not DER, or is there twice.</summary>
    BadSubjectAltName,
}
