using System.Text;
using Rtc.Server.Authorization;
using Rtc.Signaling;

namespace Rtc.Server.Tests.Authorization;

public sealed class JoinTokenTests
{
    private static readonly byte[] s_key = Encoding.UTF8.GetBytes("a key of at least thirty-two characters");
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_token_opens_its_room_in_its_role_until_its_end()
    {
        string token = Token("demo", JoinRole.Viewer);

        Assert.Equal(TokenVerdict.Accepted, Check(token, "demo", JoinRole.Viewer, s_now));
        Assert.Equal(TokenVerdict.Accepted, Check(token, "demo", JoinRole.Viewer, s_now.AddMinutes(10).AddSeconds(-1)));
        Assert.Equal(TokenVerdict.Expired, Check(token, "demo", JoinRole.Viewer, s_now.AddMinutes(10)));
        Assert.Equal(TokenVerdict.OtherRoom, Check(token, "demo2", JoinRole.Viewer, s_now));
        Assert.Equal(TokenVerdict.OtherRoom, Check(token, "dem", JoinRole.Viewer, s_now));
        Assert.Equal(TokenVerdict.OtherRole, Check(token, "demo", JoinRole.Phone, s_now));
    }

    [Fact]
    public void A_phone_may_also_watch() =>
        Assert.Equal(TokenVerdict.Accepted, Check(Token("demo", JoinRole.Phone), "demo", JoinRole.Viewer, s_now));

    [Theory]
    [InlineData(JoinRole.Phone, JoinRole.Phone, Rights.Camera)]
    [InlineData(JoinRole.Phone, JoinRole.Viewer, Rights.Camera)]
    [InlineData(JoinRole.Viewer, JoinRole.Viewer, Rights.Watcher)]
    [InlineData(JoinRole.Operator, JoinRole.Viewer, Rights.Operator)]
    public void A_token_gives_the_rights_that_it_was_made_for(JoinRole made, JoinRole shown, Rights expected)
    {
        Assert.Equal(TokenVerdict.Accepted, JoinToken.Check(s_key, Token("demo", made), "demo", shown, s_now, out JoinRole granted, out _));
        Assert.Equal(expected, JoinRoles.RightsOf(granted));
    }

    [Fact]
    public void An_operator_may_not_publish() =>
        Assert.Equal(TokenVerdict.OtherRole, Check(Token("demo", JoinRole.Operator), "demo", JoinRole.Phone, s_now));

    [Theory]
    [InlineData("phone", null, JoinRole.Phone)]
    [InlineData("viewer", null, JoinRole.Viewer)]
    [InlineData("viewer", "operator", JoinRole.Operator)]
    [InlineData(null, "camera", JoinRole.Phone)]
    [InlineData(null, "watcher", JoinRole.Viewer)]
    [InlineData(null, "operator", JoinRole.Operator)]
    [InlineData("phone", "watcher", default(JoinRole))]
    [InlineData("phone", "operator", default(JoinRole))]
    [InlineData("king", null, default(JoinRole))]
    [InlineData("viewer", "king", default(JoinRole))]
    [InlineData(null, null, default(JoinRole))]
    public void Roles_and_rights_are_read_together(string? role, string? rights, JoinRole expected)
    {
        Assert.Equal(expected != default, JoinRoles.TryRead(role, rights, out JoinRole read, out string problem));
        Assert.Equal(expected, read);
        Assert.True(problem.Length > 0);
    }

    [Fact]
    public void Whatever_is_changed_in_a_token_makes_it_worthless()
    {
        string token = Token("demo", JoinRole.Viewer);
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (int at = 0; at < token.Length; at++)
        {
            char other = Letters[(Letters.IndexOf(token[at], StringComparison.Ordinal) + 16) % 64];
            string changed = token[..at] + other + token[(at + 1)..];

            Assert.Contains(Check(changed, "demo", JoinRole.Viewer, s_now), new[] { TokenVerdict.Forged, TokenVerdict.Malformed });
        }
    }

    [Fact]
    public void Another_key_signs_other_tokens() => Assert.Equal(
        TokenVerdict.Forged,
        JoinToken.Check(
            Encoding.UTF8.GetBytes("another key of thirty-two characters"), Token("demo", JoinRole.Viewer), "demo", JoinRole.Viewer,
            s_now));

    [Fact]
    public void No_piece_of_a_token_and_no_noise_is_accepted()
    {
        string token = Token("demo", JoinRole.Viewer);
        for (int length = 0; length < token.Length; length++)
        {
            Assert.NotEqual(TokenVerdict.Accepted, Check(token[..length], "demo", JoinRole.Viewer, s_now));
        }

        const int Seed = 20260102;
        var random = new Random(Seed);
        for (int round = 0; round < 20_000; round++)
        {
            char[] noise = new char[random.Next(0, 300)];
            for (int i = 0; i < noise.Length; i++)
            {
                noise[i] = (char)random.Next(round % 2 == 0 ? 128 : 0x2000);
            }

            Assert.True(
                JoinToken.Check(s_key, noise, "demo", JoinRole.Viewer, s_now) != TokenVerdict.Accepted, $"seed {Seed}, round {round}");
        }
    }

    [Fact]
    public void A_room_may_have_any_letters_up_to_the_limit()
    {
        string room = new('ü', JoinToken.MaxRoomLength / 2);

        Assert.Equal(TokenVerdict.Accepted, Check(Token(room, JoinRole.Viewer), room, JoinRole.Viewer, s_now));
        Assert.Equal(TokenVerdict.OtherRoom, Check(Token("demo", JoinRole.Viewer), new string('x', 5000), JoinRole.Viewer, s_now));
        Assert.Throws<ArgumentOutOfRangeException>(() => Token(room + "x", JoinRole.Viewer));
    }

    private static string Token(string room, JoinRole role) => JoinToken.Create(s_key, room, role, s_now.AddMinutes(10));

    private static TokenVerdict Check(string token, string room, JoinRole role, DateTimeOffset now) =>
        JoinToken.Check(s_key, token, room, role, now);
}
