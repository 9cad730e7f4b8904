using Acp.Linux.Memory;

namespace Acp.Tests.Linux;

public class FilePagesTests
{
    private const string Program = "/opt/acpd";

    [Theory]
    [InlineData("1000-3000 r-xp 00026000 fd:00 77      /opt/acpd", 0, true)]
    [InlineData("1000-3000 r--s 00026000 fd:00 77      /opt/acpd", 0, true)]
    [InlineData("1000-3000 rw-p 00026000 fd:00 77      /opt/acpd", 0, false)] // writable: may be changed at any moment
    [InlineData("1000-3000 r--p 00026000 fd:00 77      /opt/acpd", 4, false)] // relocated: the file no longer has it
    [InlineData("1000-3000 r-xp 00026000 fd:00 77      /usr/lib/libc.so.6", 0, false)]
    [InlineData("1000-3000 r-xp 00026000 fd:00 77      /opt/acpd (deleted)", 0, false)]
    [InlineData("1000-3000 r--p 00000000 00:00 0", 0, false)]
    [InlineData("3000-1000 r-xp 00026000 fd:00 77      /opt/acpd", 0, false)]
    [InlineData("x-y r-xp 00026000 fd:00 77      /opt/acpd", 0, false)]
    public void Only_what_the_file_still_has_is_given_back(string head, int changedKib, bool given)
    {
        string[] lines = ["0500-0800 rw-p 00000000 00:00 0      [heap]", "Anonymous:   12 kB", head, "Rss:    8 kB", $"Anonymous:   {changedKib} kB", "VmFlags: rd ex mr mw me sd"];
        Assert.Equal(given ? [(0x1000, 0x2000)] : [], FilePages.Unchanged(lines, Program));
    }

    /// <summary>This process goes on, and finds its code again.</summary>
    [Fact]
    public void A_process_survives_it()
    {
        Assert.NotEmpty(FilePages.Unchanged(File.ReadAllLines("/proc/self/smaps"), Environment.ProcessPath!));
        FilePages.Release();
        FilePages.Release();
    }
}
