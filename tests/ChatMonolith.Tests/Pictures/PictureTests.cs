using System.Text;
using ChatMonolith.BuildingBlocks.Pictures;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Pictures;

public class PictureTests
{
    public static TheoryData<string, byte[]> Samples => new()
    {
        { "image/png 2x3", SamplePictures.Png() },
        { "image/jpeg 7x5", SamplePictures.Jpeg() },
        { "image/gif 4x5", SamplePictures.Gif() },
        { "image/webp 6x8", SamplePictures.Webp() },
        { "image/webp 6x8", SamplePictures.Webp(animated: true) },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void Nothing_but_the_picture_stays_and_it_is_found_by_its_signature(string expected, byte[] file)
    {
        var picture = Picture.Read(file).Value;
        $"{picture.ContentType} {picture.Width}x{picture.Height}".ShouldBe(expected);
        var left = Encoding.Latin1.GetString(picture.Bytes);
        left.ShouldNotContain("geheim");
        left.ShouldNotContain("NETSCAPE");
        left.ShouldNotContain("ANMF");

        // What came out is whole, and stripping it again changes nothing.
        Picture.Read(picture.Bytes).Value.Bytes.ShouldBe(picture.Bytes);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_file_that_is_cut_or_changed_anywhere_is_refused_or_read_and_never_fails(string expected, byte[] file)
    {
        expected.ShouldNotBeNull();
        var dice = new Dice(4711);
        for (var length = 0; length < file.Length; length++)
        {
            _ = Picture.Read(file.AsSpan(0, length));
        }

        for (var round = 0; round < 5_000; round++)
        {
            var changed = (byte[])file.Clone();
            for (var i = 0; i < 3; i++)
            {
                changed[dice.Next(changed.Length)] = (byte)dice.Next(256);
            }

            _ = Picture.Read(changed);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(6, 6)]
    [InlineData(9, 0)]
    public void Which_side_of_a_photograph_is_up_stays(byte orientation, byte kept)
    {
        var bytes = Picture.Read(SamplePictures.Jpeg(orientation)).Value.Bytes;
        var exif = bytes.AsSpan().IndexOf("Exif"u8);
        (exif < 0 ? 0 : bytes[exif + 6 + 8 + 2 + 9]).ShouldBe(kept);
    }

    [Fact]
    public void What_is_no_picture_or_too_large_a_one_is_refused()
    {
        foreach (var text in new[] { "", "GIF89a", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "%PDF-1.7", "BM1234", "\u0089PNG" })
        {
            Picture.Read(Encoding.Latin1.GetBytes(text)).Error!.Code.ShouldBe("unsupported_media");
        }

        Picture.Read(SamplePictures.Png(5000, 2)).Error!.Code.ShouldBe("validation");
        Picture.Read(SamplePictures.Png(2, 2, ("ABCD", "a part that cannot be left out"))).Error!.Code.ShouldBe("unsupported_media");
    }
}
