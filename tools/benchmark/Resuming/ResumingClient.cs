using System.Text;
using System.Text.Json;
using ChatMonolith.Benchmark.Load;

namespace ChatMonolith.Benchmark.Resuming;

/// <summary>A client that keeps its place in each room's log, and counts what breaks a log's order.</summary>
internal sealed class ResumingClient(LoadLoop loop, SeededPerson person, IReadOnlyDictionary<Guid, long> heads) : Client(person)
{
    private readonly Place[] places = [.. heads.Select(h => new Place(Encoding.ASCII.GetBytes(h.Key.ToString()), h.Value))];
    private string epoch = "";
    private long userSeq = -1;

    /// <summary>Live and with nothing owed: greeted, and where it resumes, its <c>ok</c> has come.</summary>
    public bool IsBack { get; private set; }

    /// <summary>When it was back, as a timestamp.</summary>
    public long BackAt { get; private set; }

    public long ResumeSentAt { get; private set; }

    /// <summary>Entries that came out of turn, or a resume that was not complete or ended elsewhere than it said.</summary>
    public int Faults { get; private set; }

    public int Losses { get; private set; }

    public string? LastLoss { get; private set; }

    /// <summary>Entries that came in turn.</summary>
    public long Entries { get; private set; }

    /// <summary>From the next connect on it resumes.</summary>
    public void Leave()
    {
        IsBack = false;
        Path = "/ws?resume=1";
    }

    public void GoBackTo(Guid room, long seq) => PlaceOf(Encoding.ASCII.GetBytes(room.ToString()))!.Seq = seq;

    public long SeqOf(Guid room) => PlaceOf(Encoding.ASCII.GetBytes(room.ToString()))!.Seq;

    public override void Take(ReadOnlySpan<byte> frame)
    {
        if (Frames.IsMessage(frame))
        {
            TakeEntry(frame);
        }
        else if (Frames.IsType(frame, "hello"u8))
        {
            TakeHello(frame);
        }
        else if (Frames.IsType(frame, "ok"u8) && frame.IndexOf("\"ref\":\"resume\""u8) >= 0)
        {
            TakeResumed(frame);
        }
        else if (Frames.IsType(frame, "error"u8))
        {
            Faults++;
            LastLoss = Encoding.UTF8.GetString(frame);
        }
    }

    public override void Lost(string why)
    {
        Losses++;
        LastLoss = why;
    }

    private void TakeHello(ReadOnlySpan<byte> frame)
    {
        if (Path == "/ws")
        {
            epoch = Frames.Epoch(frame);
            userSeq = Frames.UserSeq(frame);
            Back();
            return;
        }

        var command = new StringBuilder(256).Append("{\"type\":\"resume\",\"ref\":\"resume\",\"epoch\":\"").Append(epoch).Append("\",\"userSeq\":").Append(userSeq).Append(",\"rooms\":{");
        foreach (var place in places)
        {
            command.Append(place == places[0] ? "\"" : ",\"").Append(Encoding.ASCII.GetString(place.Room)).Append("\":").Append(place.Seq);
        }

        ResumeSentAt = LoadLoop.Now;
        loop.Send(this, Encoding.ASCII.GetBytes(command.Append("}}").ToString()));
    }

    private void TakeEntry(ReadOnlySpan<byte> frame)
    {
        if (PlaceOf(Frames.Room(frame)) is not { } place)
        {
            return;
        }

        var seq = Frames.Seq(frame);
        if (seq != place.Seq + 1)
        {
            Faults++;
        }

        place.Seq = seq;
        Entries++;
    }

    private void TakeResumed(ReadOnlySpan<byte> frame)
    {
        using var ok = JsonDocument.Parse(frame.ToArray());
        var rooms = ok.RootElement.GetProperty("rooms");
        foreach (var place in places)
        {
            var room = rooms.GetProperty(Encoding.ASCII.GetString(place.Room));
            if (!room.GetProperty("complete").GetBoolean() || room.GetProperty("seq").GetInt64() != place.Seq)
            {
                Faults++;
                LastLoss = Encoding.UTF8.GetString(frame);
            }
        }

        Back();
    }

    private void Back()
    {
        BackAt = LoadLoop.Now;
        IsBack = true;
    }

    private Place? PlaceOf(ReadOnlySpan<byte> room)
    {
        foreach (var place in places)
        {
            if (room.SequenceEqual(place.Room))
            {
                return place;
            }
        }

        return null;
    }

    private sealed class Place(byte[] room, long seq)
    {
        public byte[] Room { get; } = room;

        public long Seq { get; set; } = seq;
    }
}
