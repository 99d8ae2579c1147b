using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ChatMonolith.Messaging.Pushing;

namespace ChatMonolith.Tests.Pushing;

/// <summary>The examples that the RFCs print.</summary>
public class PushCryptographyTests
{
    [Fact]
    public void The_walrus_of_RFC_8188_is_encrypted_as_there() =>
        Text(EncryptedContent.Encrypt("I am the walrus"u8, Bytes("yqdlZ-tYemfogSmv7Ws5PQ"), Bytes("I1BsxtFttlv3u_Oo94xnmw"), []))
            .ShouldBe("I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg");

    [Fact]
    public void The_watermelon_of_RFC_8291_is_encrypted_as_there()
    {
        var ourPoint = Bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        var ours = PushEncryption.Point(ourPoint) with { };
        ours.D = Bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        using var key = ECDiffieHellman.Create(ours);
        var body = PushEncryption.Encrypt(
            "When I grow up, I want to be a watermelon"u8,
            Bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
            Bytes("BTBZMqHH6r4Tts7J_aSIgg"),
            key,
            Bytes("DGv6ra1nlYgDCS1FRnbzlw"));
        Text(body).ShouldBe("DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");
    }

    [Fact]
    public void The_token_of_RFC_8292_is_good_by_the_rule_that_ours_are_tested_by()
    {
        const string header = "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0"
            + ".i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA, k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";
        PushServer.Claims(header).GetProperty("aud").GetString().ShouldBe("https://push.example.net");
        Should.Throw<CryptographicException>(() => PushServer.Claims(header.Replace(".i3", ".i4", StringComparison.Ordinal)));
    }

    [Fact]
    public void Only_points_of_the_curve_are_taken()
    {
        var point = Bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        PushEncryption.IsPoint(point).ShouldBeTrue();
        point[^1] ^= 1;
        PushEncryption.IsPoint(point).ShouldBeFalse();
        PushEncryption.IsPoint(new byte[65]).ShouldBeFalse();
        PushEncryption.IsPoint([4]).ShouldBeFalse();
    }

    [Theory]
    [InlineData("93.184.216.34", true)]
    [InlineData("2606:2800:220:1:248:1893:25c8:1946", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    public void Only_public_addresses_are_called(string address, bool isPublic) =>
        BuildingBlocks.Security.PublicAddress.IsPublic(System.Net.IPAddress.Parse(address)).ShouldBe(isPublic);

    private static byte[] Bytes(string text) => Base64Url.DecodeFromChars(text);

    private static string Text(byte[] bytes) => Encoding.ASCII.GetString(Base64Url.EncodeToUtf8(bytes));
}
