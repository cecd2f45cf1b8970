using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CleanUsers.Infrastructure.Persistence.PostgreSql.Migrations
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
                type: "character varying(640)",
                maxLength: 640,
                nullable: true,
                collation: "C");

            migrationBuilder.CreateTable(
                name: "ScimUsers",
                columns: table => new
                {
                    UserId = table.Column<long>(type: "bigint", nullable: false),
                    UserName = table.Column<string>(type: "character varying(320)", maxLength: 320, nullable: true, collation: "C"),
                    ExternalId = table.Column<string>(type: "character varying(320)", maxLength: 320, nullable: true, collation: "C"),
                    GivenName = table.Column<string>(type: "character varying(320)", maxLength: 320, nullable: true, collation: "C"),
                    GivenNameKey = table.Column<string>(type: "character varying(640)", maxLength: 640, nullable: true, collation: "C"),
                    FamilyName = table.Column<string>(type: "character varying(320)", maxLength: 320, nullable: true, collation: "C"),
                    FamilyNameKey = table.Column<string>(type: "character varying(640)", maxLength: 640, nullable: true, collation: "C"),
                    EmailType = table.Column<string>(type: "character varying(640)", maxLength: 640, nullable: true, collation: "C"),
                    Attributes = table.Column<string>(type: "text", nullable: false, collation: "C")
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
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Key = table.Column<string>(type: "character varying(640)", maxLength: 640, nullable: false, collation: "C"),
                    Type = table.Column<string>(type: "character varying(640)", maxLength: 640, nullable: true, collation: "C")
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
                filter: "\"DeletedAt\" IS NULL AND \"UserNameKey\" IS NOT NULL");

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
