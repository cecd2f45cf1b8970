CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    "MigrationId" TEXT NOT NULL CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY,
    "ProductVersion" TEXT NOT NULL
) WITHOUT ROWID;

BEGIN TRANSACTION;
CREATE TABLE "Feed" (
    "Position" INTEGER NOT NULL CONSTRAINT "PK_Feed" PRIMARY KEY AUTOINCREMENT,
    "UserId" INTEGER NOT NULL,
    "Version" INTEGER NOT NULL
);

CREATE TABLE "FeedMarks" (
    "At" INTEGER NOT NULL CONSTRAINT "PK_FeedMarks" PRIMARY KEY,
    "Position" INTEGER NOT NULL
);

CREATE TABLE "UserChanges" (
    "UserId" INTEGER NOT NULL,
    "Version" INTEGER NOT NULL,
    "Kind" INTEGER NOT NULL,
    "Email" TEXT NULL,
    "Name" TEXT NULL,
    "Age" INTEGER NULL,
    "Role" INTEGER NULL,
    "Status" INTEGER NULL,
    "CreatedAt" INTEGER NULL,
    "UpdatedAt" INTEGER NOT NULL,
    "UpdatedBy" TEXT NOT NULL,
    CONSTRAINT "PK_UserChanges" PRIMARY KEY ("UserId", "Version")
) WITHOUT ROWID;

CREATE TABLE "Users" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Users" PRIMARY KEY AUTOINCREMENT,
    "Email" TEXT NOT NULL,
    "EmailKey" TEXT NOT NULL,
    "Name" TEXT NULL,
    "SortName" TEXT NOT NULL,
    "SearchText" TEXT NOT NULL,
    "Age" INTEGER NULL,
    "Role" INTEGER NOT NULL,
    "Status" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "CreatedBy" TEXT NOT NULL,
    "UpdatedAt" INTEGER NOT NULL,
    "UpdatedBy" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "DeletedAt" INTEGER NULL,
    "DeletedBy" TEXT NULL,
    "IdInOrders" AS ("Id")
);

CREATE TABLE "UserWords" (
    "Word" TEXT NOT NULL,
    "UserId" INTEGER NOT NULL,
    CONSTRAINT "PK_UserWords" PRIMARY KEY ("Word", "UserId")
) WITHOUT ROWID;

CREATE TABLE "Webhooks" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Webhooks" PRIMARY KEY AUTOINCREMENT,
    "Url" TEXT NOT NULL,
    "Kinds" INTEGER NULL,
    "Description" TEXT NULL,
    "Status" INTEGER NOT NULL,
    "DisabledReason" TEXT NULL,
    "Secret" TEXT NOT NULL,
    "PreviousSecret" TEXT NULL,
    "PreviousSecretExpiresAt" INTEGER NULL,
    "Position" INTEGER NOT NULL,
    "Moves" INTEGER NOT NULL,
    "CaughtUpAt" INTEGER NOT NULL,
    "DueAt" INTEGER NOT NULL,
    "LeasedUntil" INTEGER NULL,
    "FailedAttempts" INTEGER NOT NULL,
    "FailingSince" INTEGER NULL,
    "LastError" TEXT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "CreatedBy" TEXT NOT NULL,
    "UpdatedAt" INTEGER NOT NULL,
    "UpdatedBy" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "Revision" INTEGER NOT NULL
);

CREATE TABLE "Emails" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Emails" PRIMARY KEY AUTOINCREMENT,
    "UserId" INTEGER NOT NULL,
    "Subject" TEXT NOT NULL,
    "Text" TEXT NOT NULL,
    "Status" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "CreatedBy" TEXT NOT NULL,
    "SentAt" INTEGER NULL,
    "Attempts" INTEGER NOT NULL,
    "LastError" TEXT NULL,
    "DueAt" INTEGER NULL,
    "Version" INTEGER NOT NULL,
    CONSTRAINT "FK_Emails_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
);

CREATE TABLE "IdempotencyRecords" (
    "Scope" TEXT NOT NULL CONSTRAINT "PK_IdempotencyRecords" PRIMARY KEY,
    "Fingerprint" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "UserId" INTEGER NULL,
    "Response" TEXT NOT NULL,
    CONSTRAINT "FK_IdempotencyRecords_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE "WebhookFailures" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_WebhookFailures" PRIMARY KEY AUTOINCREMENT,
    "WebhookId" INTEGER NOT NULL,
    "At" INTEGER NOT NULL,
    "EventId" TEXT NOT NULL,
    "Attempt" INTEGER NOT NULL,
    "StatusCode" INTEGER NULL,
    "Reason" TEXT NOT NULL,
    CONSTRAINT "FK_WebhookFailures_Webhooks_WebhookId" FOREIGN KEY ("WebhookId") REFERENCES "Webhooks" ("Id") ON DELETE CASCADE
);

CREATE INDEX "IX_Emails_DueAt" ON "Emails" ("DueAt") WHERE "DueAt" IS NOT NULL;

CREATE INDEX "IX_Emails_UserId_Id" ON "Emails" ("UserId", "Id");

CREATE INDEX "IX_IdempotencyRecords_CreatedAt" ON "IdempotencyRecords" ("CreatedAt");

CREATE INDEX "IX_IdempotencyRecords_UserId" ON "IdempotencyRecords" ("UserId");

CREATE INDEX "IX_DeletedUsers_CreatedAt" ON "Users" ("CreatedAt", "IdInOrders") WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX "IX_DeletedUsers_DeletedAt" ON "Users" ("DeletedAt", "IdInOrders") WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX "IX_DeletedUsers_Email" ON "Users" ("EmailKey", "IdInOrders") WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX "IX_DeletedUsers_Id" ON "Users" ("Id") WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX "IX_DeletedUsers_Name" ON "Users" ("SortName", "IdInOrders") WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX "IX_DeletedUsers_Role" ON "Users" ("Role", "Id") WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX "IX_DeletedUsers_RoleAndStatus" ON "Users" ("Role", "Status", "Id") WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX "IX_DeletedUsers_Status" ON "Users" ("Status", "Id") WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX "IX_DeletedUsers_UpdatedAt" ON "Users" ("UpdatedAt", "IdInOrders") WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX "IX_Users_CreatedAt" ON "Users" ("CreatedAt", "IdInOrders") WHERE "DeletedAt" IS NULL;

CREATE UNIQUE INDEX "IX_Users_EmailKey" ON "Users" ("EmailKey") WHERE "DeletedAt" IS NULL;

CREATE INDEX "IX_Users_Name" ON "Users" ("SortName", "IdInOrders") WHERE "DeletedAt" IS NULL;

CREATE INDEX "IX_Users_Role" ON "Users" ("Role", "Id") WHERE "DeletedAt" IS NULL;

CREATE INDEX "IX_Users_RoleAndStatus" ON "Users" ("Role", "Status", "Id") WHERE "DeletedAt" IS NULL;

CREATE INDEX "IX_Users_Status" ON "Users" ("Status", "Id") WHERE "DeletedAt" IS NULL;

CREATE INDEX "IX_Users_UpdatedAt" ON "Users" ("UpdatedAt", "IdInOrders") WHERE "DeletedAt" IS NULL;

CREATE INDEX "IX_WebhookFailures_WebhookId_Id" ON "WebhookFailures" ("WebhookId", "Id");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261126141119_Initial', '10.0.14');

COMMIT;

