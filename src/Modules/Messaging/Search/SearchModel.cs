using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Search;

/// <summary>
/// The tables of the index, as ADR 0023 describes them. The bigrams of the terms (<c>msg_search_grams</c>) are the databases' own kind,
/// FTS5 and <c>tsvector</c>, which the model has no words for: the migration makes them.
/// </summary>
internal static class SearchModel
{
    public static void Configure(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<SearchHeadRow>(b =>
        {
            b.ToTable("msg_search_heads").HasKey(r => r.RoomId);
            b.Property(r => r.RoomId).HasColumnName("room_id");
            b.Property(r => r.Seq).HasColumnName("seq");
        });
        modelBuilder.Entity<SearchTermRow>(b =>
        {
            b.ToTable("msg_search_terms").HasKey(r => r.Id);
            b.HasIndex(r => r.Term).IsUnique().HasDatabaseName("msg_search_terms_term");
            b.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
            b.Property(r => r.Term).HasColumnName("term").HasMaxLength(Terms.MaxLength);
            b.Property(r => r.Places).HasColumnName("places");
        });
        modelBuilder.Entity<SearchPostingRow>(b =>
        {
            b.ToTable("msg_search_postings").HasKey(r => r.Key);
            b.Property(r => r.Key).HasColumnName("key").ValueGeneratedNever();
            b.Property(r => r.Places).HasColumnName("places");
        });
        modelBuilder.Entity<SearchDocumentRow>(b =>
        {
            b.ToTable("msg_search_documents").HasKey(r => r.Document);
            b.HasIndex(r => r.MessageId).IsUnique().HasDatabaseName("msg_search_documents_message");
            b.Property(r => r.Document).HasColumnName("document").ValueGeneratedNever();
            b.Property(r => r.MessageId).HasColumnName("message_id");
            b.Property(r => r.At).HasColumnName("at");
            b.Property(r => r.Terms).HasColumnName("terms");
        });
        modelBuilder.Entity<SearchBlockRow>(b =>
        {
            b.ToTable("msg_search_blocks").HasKey(r => r.Block);
            b.Property(r => r.Block).HasColumnName("block").ValueGeneratedNever();
            b.Property(r => r.FirstAt).HasColumnName("first_at");
            b.Property(r => r.LastAt).HasColumnName("last_at");
        });
    }
}
