using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Messaging.Search;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Messaging.Data.Migrations;

[DbContext(typeof(MessagingDb))]
[Migration("20261128000000_Search")]
internal sealed class Search : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.CreateTable(
            "msg_search_heads",
            t => new { room_id = t.Column<Guid>(m.Id()), seq = t.Column<long>(m.Number()) },
            constraints: t => t.PrimaryKey("PK_msg_search_heads", c => c.room_id));
        m.CreateTable(
            "msg_search_terms",
            t => new { id = t.Column<long>(m.Number()), term = t.Column<string>(m.Text(Terms.MaxLength)), places = t.Column<byte[]>(m.Bytes()) },
            constraints: t => t.PrimaryKey("PK_msg_search_terms", c => c.id));
        m.CreateIndex("msg_search_terms_term", "msg_search_terms", "term", unique: true);
        m.CreateTable(
            "msg_search_postings",
            t => new { key = t.Column<long>(m.Number()), places = t.Column<byte[]>(m.Bytes()) },
            constraints: t => t.PrimaryKey("PK_msg_search_postings", c => c.key));
        m.CreateTable(
            "msg_search_documents",
            t => new
            {
                document = t.Column<long>(m.Number()),
                message_id = t.Column<Guid>(m.Id()),
                at = t.Column<long>(m.Number()),
                terms = t.Column<byte[]>(m.Bytes()),
            },
            constraints: t => t.PrimaryKey("PK_msg_search_documents", c => c.document));
        m.CreateIndex("msg_search_documents_message", "msg_search_documents", "message_id", unique: true);
        m.CreateTable(
            "msg_search_blocks",
            t => new { block = t.Column<int>(m.Integer32()), first_at = t.Column<long>(m.Number()), last_at = t.Column<long>(m.Number()) },
            constraints: t => t.PrimaryKey("PK_msg_search_blocks", c => c.block));

        // Bigrams come with spaces between them and are letters, marks and digits only; the tokenizer must not judge them by its own
        // tables. Neither places nor the text are kept: a term is checked when it is found. New terms are few and written behind the
        // messages, so GIN keeps no list of them aside, which each search would read.
        m.Sql(m.IsPostgreSql()
            ? """
              CREATE TABLE msg_search_grams (term_id bigint NOT NULL PRIMARY KEY, grams tsvector NOT NULL);
              CREATE INDEX msg_search_grams_gin ON msg_search_grams USING gin (grams) WITH (fastupdate = off)
              """
            : "CREATE VIRTUAL TABLE msg_search_grams USING fts5 (grams, content='', columnsize=0, detail=none, tokenize='ascii')");
    }
}
