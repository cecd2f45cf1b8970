using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CleanUsers.Infrastructure.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class ScimUsers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "UserNameKey",
                table: "Users",
                type: "nvarchar(640)",
                maxLength: 640,
                nullable: true,
                collation: "Latin1_General_100_BIN2");

            migrationBuilder.CreateTable(
                name: "ScimUsers",
                columns: table => new
                {
                    UserId = table.Column<long>(type: "bigint", nullable: false),
                    UserName = table.Column<string>(type: "nvarchar(320)", maxLength: 320, nullable: true, collation: "Latin1_General_100_BIN2"),
                    ExternalId = table.Column<string>(type: "nvarchar(320)", maxLength: 320, nullable: true, collation: "Latin1_General_100_BIN2"),
                    GivenName = table.Column<string>(type: "nvarchar(320)", maxLength: 320, nullable: true, collation: "Latin1_General_100_BIN2"),
                    GivenNameKey = table.Column<string>(type: "nvarchar(640)", maxLength: 640, nullable: true, collation: "Latin1_General_100_BIN2"),
                    FamilyName = table.Column<string>(type: "nvarchar(320)", maxLength: 320, nullable: true, collation: "Latin1_General_100_BIN2"),
                    FamilyNameKey = table.Column<string>(type: "nvarchar(640)", maxLength: 640, nullable: true, collation: "Latin1_General_100_BIN2"),
                    EmailType = table.Column<string>(type: "nvarchar(640)", maxLength: 640, nullable: true, collation: "Latin1_General_100_BIN2"),
                    Attributes = table.Column<string>(type: "nvarchar(max)", nullable: false, collation: "Latin1_General_100_BIN2")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ScimUsers", x => x.UserId);
                    table.ForeignKey(
                        name: "FK_ScimUsers_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ScimEmails",
                columns: table => new
                {
                    UserId = table.Column<long>(type: "bigint", nullable: false),
                    Number = table.Column<int>(type: "int", nullable: false),
                    Key = table.Column<string>(type: "nvarchar(640)", maxLength: 640, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Type = table.Column<string>(type: "nvarchar(640)", maxLength: 640, nullable: true, collation: "Latin1_General_100_BIN2")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ScimEmails", x => new { x.UserId, x.Number });
                    table.ForeignKey(
                        name: "FK_ScimEmails_ScimUsers_UserId",
                        column: x => x.UserId,
                        principalTable: "ScimUsers",
                        principalColumn: "UserId",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Users_UserNameKey",
                table: "Users",
                column: "UserNameKey",
                unique: true,
                filter: "\"DeletedAt\" IS NULL AND \"UserNameKey\" IS NOT NULL")
                .Annotation("SqlServer:Include", new[] { "DeletedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_ScimEmails_Key",
                table: "ScimEmails",
                columns: new[] { "Key", "UserId" });

            migrationBuilder.CreateIndex(
                name: "IX_ScimUsers_ExternalId",
                table: "ScimUsers",
                columns: new[] { "ExternalId", "UserId" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ScimEmails");

            migrationBuilder.DropTable(
                name: "ScimUsers");

            migrationBuilder.DropIndex(
                name: "IX_Users_UserNameKey",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "UserNameKey",
                table: "Users");
        }
    }
}
