using Rtc.Analysis.Exports;

namespace Rtc.Analysis.Tests.Exports;

public sealed class CsvFieldTests
{
    [Theory]
    [InlineData("person", "person")]
    [InlineData("", "")]
    [InlineData("dog, small", "\"dog, small\"")]
    [InlineData("a \"b\"", "\"a \"\"b\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("=cmd()", "'=cmd()")]
    [InlineData("@sum,1", "\"'@sum,1\"")]
    [InlineData("-1", "'-1")]
    public void Text_is_read_as_text(string text, string field) => Assert.Equal(field, CsvField.Text(text));
}
