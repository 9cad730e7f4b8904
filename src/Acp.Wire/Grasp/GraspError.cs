namespace Acp.Wire.Grasp;

/// <summary>
/// The error codes of RFC 8991 Appendix A, numbers and names unchanged (I-01), so that logs and other engines can be
/// compared. Ours start at 1000.
/// </summary>
public enum GraspError
{
    ok = 0,
    declined = 1,

    /// <summary>No answer so far. Also a session opened for free exchange, which waits for none.</summary>
    noReply = 2,
    unspec = 3,
    ASAfull = 4,
    dupASA = 5,
    noASA = 6,
    notYourASA = 7,
    notBoth = 8,
    notDry = 9,
    notOverlap = 10,
    objFull = 11,
    objReg = 12,
    notYourObj = 13,
    notObj = 14,
    notNeg = 15,
    noSecurity = 16,
    noDiscReply = 17,
    sockErrNegRq = 18,
    noSession = 19,
    noSocket = 20,
    loopExhausted = 21,
    sockErrNegStep = 22,
    noPeer = 23,
    CBORfail = 24,
    invalidNeg = 25,
    invalidEnd = 26,
    noNegReply = 27,
    noValidStep = 28,
    sockErrWait = 29,
    sockErrEnd = 30,
    IDclash = 31,
    notSynch = 32,
    notFloodDisc = 33,
    sockErrSynRq = 34,
    noListener = 35,
    noSynchReply = 36,
    noValidSynch = 37,
    invalidLoc = 38,

    /// <summary>Longer than GRASP_DEF_MAX_SIZE or what the objective allows, or than a link's multicast can carry.</summary>
    messageTooLong = 1000,

    /// <summary>As many sessions as this engine will hold (I-26).</summary>
    sessionsFull = 1001,

    /// <summary>A value that is not exactly one well-formed CBOR item.</summary>
    badValue = 1002,

    /// <summary>An objective for experiments, EX0 to EX9, which this engine is not set to allow (H-17).</summary>
    experimental = 1003,

    /// <summary>The engine is not there (any more): acpd does not run, or was restarted since.</summary>
    noEngine = 1004,
}
