using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CleanUsers.Infrastructure.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateSequence(
                name: "EmailIds",
                incrementBy: 50);

            migrationBuilder.CreateSequence(
                name: "UserIds",
                incrementBy: 50);

            migrationBuilder.CreateSequence(
                name: "WebhookIds",
                incrementBy: 50);

            migrationBuilder.CreateTable(
                name: "Feed",
                columns: table => new
                {
                    Position = table.Column<long>(type: "bigint", nullable: false),
                    UserId = table.Column<long>(type: "bigint", nullable: false),
                    Version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Feed", x => x.Position);
                });

            migrationBuilder.CreateTable(
                name: "FeedEnd",
                columns: table => new
                {
                    Id = table.Column<int>(type: "int", nullable: false),
                    Position = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_FeedEnd", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "FeedMarks",
                columns: table => new
                {
                    At = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: false),
                    Position = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_FeedMarks", x => x.At);
                });

            migrationBuilder.CreateTable(
                name: "FeedQueue",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("SqlServer:Identity", "1, 1"),
                    UserId = table.Column<long>(type: "bigint", nullable: false),
                    Version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_FeedQueue", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "UserChanges",
                columns: table => new
                {
                    UserId = table.Column<long>(type: "bigint", nullable: false),
                    Version = table.Column<long>(type: "bigint", nullable: false),
                    Kind = table.Column<int>(type: "int", nullable: false),
                    Email = table.Column<string>(type: "nvarchar(254)", maxLength: 254, nullable: true, collation: "Latin1_General_100_BIN2"),
                    Name = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: true, collation: "Latin1_General_100_BIN2"),
                    Age = table.Column<int>(type: "int", nullable: true),
                    Role = table.Column<int>(type: "int", nullable: true),
                    Status = table.Column<int>(type: "int", nullable: true),
                    CreatedAt = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: true),
                    UpdatedAt = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: false),
                    UpdatedBy = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false, collation: "Latin1_General_100_BIN2")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UserChanges", x => new { x.UserId, x.Version });
                });

            migrationBuilder.CreateTable(
                name: "Users",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    Email = table.Column<string>(type: "nvarchar(254)", maxLength: 254, nullable: false, collation: "Latin1_General_100_BIN2"),
                    EmailKey = table.Column<byte[]>(type: "varbinary(254)", maxLength: 254, nullable: false),
                    Name = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: true, collation: "Latin1_General_100_BIN2"),
                    SortName = table.Column<byte[]>(type: "varbinary(800)", maxLength: 800, nullable: false),
                    SearchText = table.Column<string>(type: "nvarchar(2724)", maxLength: 2724, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Age = table.Column<int>(type: "int", nullable: true),
                    Role = table.Column<int>(type: "int", nullable: false),
                    Status = table.Column<int>(type: "int", nullable: false),
                    CreatedAt = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: false),
                    CreatedBy = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false, collation: "Latin1_General_100_BIN2"),
                    UpdatedAt = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: false),
                    UpdatedBy = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Version = table.Column<long>(type: "bigint", nullable: false),
                    DeletedAt = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: true),
                    DeletedBy = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: true, collation: "Latin1_General_100_BIN2")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Users", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "UserWords",
                columns: table => new
                {
                    Word = table.Column<byte[]>(type: "varbinary(800)", maxLength: 800, nullable: false),
                    UserId = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UserWords", x => new { x.Word, x.UserId });
                });

            migrationBuilder.CreateTable(
                name: "Webhooks",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    Url = table.Column<string>(type: "nvarchar(2000)", maxLength: 2000, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Kinds = table.Column<int>(type: "int", nullable: true),
                    Description = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: true, collation: "Latin1_General_100_BIN2"),
                    Status = table.Column<int>(type: "int", nullable: false),
                    DisabledReason = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true, collation: "Latin1_General_100_BIN2"),
                    Secret = table.Column<string>(type: "nvarchar(94)", maxLength: 94, nullable: false, collation: "Latin1_General_100_BIN2"),
                    PreviousSecret = table.Column<string>(type: "nvarchar(94)", maxLength: 94, nullable: true, collation: "Latin1_General_100_BIN2"),
                    PreviousSecretExpiresAt = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: true),
                    Position = table.Column<long>(type: "bigint", nullable: false),
                    Moves = table.Column<int>(type: "int", nullable: false),
                    CaughtUpAt = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: false),
                    DueAt = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: false),
                    LeasedUntil = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: true),
                    FailedAttempts = table.Column<int>(type: "int", nullable: false),
                    FailingSince = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: true),
                    LastError = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true, collation: "Latin1_General_100_BIN2"),
                    CreatedAt = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: false),
                    CreatedBy = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false, collation: "Latin1_General_100_BIN2"),
                    UpdatedAt = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: false),
                    UpdatedBy = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Version = table.Column<long>(type: "bigint", nullable: false),
                    Revision = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Webhooks", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Emails",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    UserId = table.Column<long>(type: "bigint", nullable: false),
                    Subject = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Text = table.Column<string>(type: "nvarchar(max)", nullable: false, collation: "Latin1_General_100_BIN2"),
                    Status = table.Column<int>(type: "int", nullable: false),
                    CreatedAt = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: false),
                    CreatedBy = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false, collation: "Latin1_General_100_BIN2"),
                    SentAt = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: true),
                    Attempts = table.Column<int>(type: "int", nullable: false),
                    LastError = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true, collation: "Latin1_General_100_BIN2"),
                    DueAt = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: true),
                    Version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Emails", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Emails_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "IdempotencyRecords",
                columns: table => new
                {
                    Scope = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Fingerprint = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    CreatedAt = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: false),
                    UserId = table.Column<long>(type: "bigint", nullable: true),
                    Response = table.Column<string>(type: "nvarchar(max)", nullable: false, collation: "Latin1_General_100_BIN2")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_IdempotencyRecords", x => x.Scope);
                    table.ForeignKey(
                        name: "FK_IdempotencyRecords_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "WebhookFailures",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("SqlServer:Identity", "1, 1"),
                    WebhookId = table.Column<long>(type: "bigint", nullable: false),
                    At = table.Column<DateTimeOffset>(type: "datetimeoffset(3)", precision: 3, nullable: false),
                    EventId = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Attempt = table.Column<int>(type: "int", nullable: false),
                    StatusCode = table.Column<int>(type: "int", nullable: true),
                    Reason = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: false, collation: "Latin1_General_100_BIN2")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_WebhookFailures", x => x.Id);
                    table.ForeignKey(
                        name: "FK_WebhookFailures_Webhooks_WebhookId",
                        column: x => x.WebhookId,
                        principalTable: "Webhooks",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.InsertData(
                table: "FeedEnd",
                columns: new[] { "Id", "Position" },
                values: new object[] { 1, 0L });

            migrationBuilder.CreateIndex(
                name: "IX_Emails_DueAt",
                table: "Emails",
                column: "DueAt",
                filter: "\"DueAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Emails_UserId_Id",
                table: "Emails",
                columns: new[] { "UserId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_IdempotencyRecords_CreatedAt",
                table: "IdempotencyRecords",
                column: "CreatedAt");

            migrationBuilder.CreateIndex(
                name: "IX_IdempotencyRecords_UserId",
                table: "IdempotencyRecords",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_DeletedUsers_CreatedAt",
                table: "Users",
                columns: new[] { "CreatedAt", "Id" },
                filter: "\"DeletedAt\" IS NOT NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_DeletedUsers_DeletedAt",
                table: "Users",
                columns: new[] { "DeletedAt", "Id" },
                filter: "\"DeletedAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_DeletedUsers_Email",
                table: "Users",
                columns: new[] { "EmailKey", "Id" },
                filter: "\"DeletedAt\" IS NOT NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_DeletedUsers_Id",
                table: "Users",
                column: "Id",
                filter: "\"DeletedAt\" IS NOT NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_DeletedUsers_Name",
                table: "Users",
                columns: new[] { "SortName", "Id" },
                filter: "\"DeletedAt\" IS NOT NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_DeletedUsers_Role",
                table: "Users",
                columns: new[] { "Role", "Id" },
                filter: "\"DeletedAt\" IS NOT NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_DeletedUsers_RoleAndStatus",
                table: "Users",
                columns: new[] { "Role", "Status", "Id" },
                filter: "\"DeletedAt\" IS NOT NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_DeletedUsers_Status",
                table: "Users",
                columns: new[] { "Status", "Id" },
                filter: "\"DeletedAt\" IS NOT NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_DeletedUsers_UpdatedAt",
                table: "Users",
                columns: new[] { "UpdatedAt", "Id" },
                filter: "\"DeletedAt\" IS NOT NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Users_CreatedAt",
                table: "Users",
                columns: new[] { "CreatedAt", "Id" },
                filter: "\"DeletedAt\" IS NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Users_EmailKey",
                table: "Users",
                column: "EmailKey",
                unique: true,
                filter: "\"DeletedAt\" IS NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Users_Name",
                table: "Users",
                columns: new[] { "SortName", "Id" },
                filter: "\"DeletedAt\" IS NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Users_Role",
                table: "Users",
                columns: new[] { "Role", "Id" },
                filter: "\"DeletedAt\" IS NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Users_RoleAndStatus",
                table: "Users",
                columns: new[] { "Role", "Status", "Id" },
                filter: "\"DeletedAt\" IS NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Users_Status",
                table: "Users",
                columns: new[] { "Status", "Id" },
                filter: "\"DeletedAt\" IS NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Users_UpdatedAt",
                table: "Users",
                columns: new[] { "UpdatedAt", "Id" },
                filter: "\"DeletedAt\" IS NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_WebhookFailures_WebhookId_Id",
                table: "WebhookFailures",
                columns: new[] { "WebhookId", "Id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Emails");

            migrationBuilder.DropTable(
                name: "Feed");

            migrationBuilder.DropTable(
                name: "FeedEnd");

            migrationBuilder.DropTable(
                name: "FeedMarks");

            migrationBuilder.DropTable(
                name: "FeedQueue");

            migrationBuilder.DropTable(
                name: "IdempotencyRecords");

            migrationBuilder.DropTable(
                name: "UserChanges");

            migrationBuilder.DropTable(
                name: "UserWords");

            migrationBuilder.DropTable(
                name: "WebhookFailures");

            migrationBuilder.DropTable(
                name: "Users");

            migrationBuilder.DropTable(
                name: "Webhooks");

            migrationBuilder.DropSequence(
                name: "EmailIds");

            migrationBuilder.DropSequence(
                name: "UserIds");

            migrationBuilder.DropSequence(
                name: "WebhookIds");
        }
    }
}
