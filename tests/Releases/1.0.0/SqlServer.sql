IF OBJECT_ID(N'[__EFMigrationsHistory]') IS NULL
BEGIN
    CREATE TABLE [__EFMigrationsHistory] (
        [MigrationId] nvarchar(150) NOT NULL,
        [ProductVersion] nvarchar(32) NOT NULL,
        CONSTRAINT [PK___EFMigrationsHistory] PRIMARY KEY ([MigrationId])
    );
END;
GO

BEGIN TRANSACTION;
CREATE SEQUENCE [EmailIds] START WITH 1 INCREMENT BY 50 NO CYCLE;

CREATE SEQUENCE [UserIds] START WITH 1 INCREMENT BY 50 NO CYCLE;

CREATE SEQUENCE [WebhookIds] START WITH 1 INCREMENT BY 50 NO CYCLE;

CREATE TABLE [Feed] (
    [Position] bigint NOT NULL,
    [UserId] bigint NOT NULL,
    [Version] bigint NOT NULL,
    CONSTRAINT [PK_Feed] PRIMARY KEY ([Position])
);

CREATE TABLE [FeedEnd] (
    [Id] int NOT NULL,
    [Position] bigint NOT NULL,
    CONSTRAINT [PK_FeedEnd] PRIMARY KEY ([Id])
);

CREATE TABLE [FeedMarks] (
    [At] datetimeoffset(3) NOT NULL,
    [Position] bigint NOT NULL,
    CONSTRAINT [PK_FeedMarks] PRIMARY KEY ([At])
);

CREATE TABLE [FeedQueue] (
    [Id] bigint NOT NULL IDENTITY,
    [UserId] bigint NOT NULL,
    [Version] bigint NOT NULL,
    CONSTRAINT [PK_FeedQueue] PRIMARY KEY ([Id])
);

CREATE TABLE [UserChanges] (
    [UserId] bigint NOT NULL,
    [Version] bigint NOT NULL,
    [Kind] int NOT NULL,
    [Email] nvarchar(254) COLLATE Latin1_General_100_BIN2 NULL,
    [Name] nvarchar(400) COLLATE Latin1_General_100_BIN2 NULL,
    [Age] int NULL,
    [Role] int NULL,
    [Status] int NULL,
    [CreatedAt] datetimeoffset(3) NULL,
    [UpdatedAt] datetimeoffset(3) NOT NULL,
    [UpdatedBy] nvarchar(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT [PK_UserChanges] PRIMARY KEY ([UserId], [Version])
);

CREATE TABLE [Users] (
    [Id] bigint NOT NULL,
    [Email] nvarchar(254) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [EmailKey] varbinary(254) NOT NULL,
    [Name] nvarchar(400) COLLATE Latin1_General_100_BIN2 NULL,
    [SortName] varbinary(800) NOT NULL,
    [SearchText] nvarchar(2724) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [Age] int NULL,
    [Role] int NOT NULL,
    [Status] int NOT NULL,
    [CreatedAt] datetimeoffset(3) NOT NULL,
    [CreatedBy] nvarchar(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [UpdatedAt] datetimeoffset(3) NOT NULL,
    [UpdatedBy] nvarchar(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [Version] bigint NOT NULL,
    [DeletedAt] datetimeoffset(3) NULL,
    [DeletedBy] nvarchar(255) COLLATE Latin1_General_100_BIN2 NULL,
    CONSTRAINT [PK_Users] PRIMARY KEY ([Id])
);

CREATE TABLE [UserWords] (
    [Word] varbinary(800) NOT NULL,
    [UserId] bigint NOT NULL,
    CONSTRAINT [PK_UserWords] PRIMARY KEY ([Word], [UserId])
);

CREATE TABLE [Webhooks] (
    [Id] bigint NOT NULL,
    [Url] nvarchar(2000) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [Kinds] int NULL,
    [Description] nvarchar(400) COLLATE Latin1_General_100_BIN2 NULL,
    [Status] int NOT NULL,
    [DisabledReason] nvarchar(500) COLLATE Latin1_General_100_BIN2 NULL,
    [Secret] nvarchar(94) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [PreviousSecret] nvarchar(94) COLLATE Latin1_General_100_BIN2 NULL,
    [PreviousSecretExpiresAt] datetimeoffset(3) NULL,
    [Position] bigint NOT NULL,
    [Moves] int NOT NULL,
    [CaughtUpAt] datetimeoffset(3) NOT NULL,
    [DueAt] datetimeoffset(3) NOT NULL,
    [LeasedUntil] datetimeoffset(3) NULL,
    [FailedAttempts] int NOT NULL,
    [FailingSince] datetimeoffset(3) NULL,
    [LastError] nvarchar(500) COLLATE Latin1_General_100_BIN2 NULL,
    [CreatedAt] datetimeoffset(3) NOT NULL,
    [CreatedBy] nvarchar(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [UpdatedAt] datetimeoffset(3) NOT NULL,
    [UpdatedBy] nvarchar(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [Version] bigint NOT NULL,
    [Revision] bigint NOT NULL,
    CONSTRAINT [PK_Webhooks] PRIMARY KEY ([Id])
);

CREATE TABLE [Emails] (
    [Id] bigint NOT NULL,
    [UserId] bigint NOT NULL,
    [Subject] nvarchar(400) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [Text] nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [Status] int NOT NULL,
    [CreatedAt] datetimeoffset(3) NOT NULL,
    [CreatedBy] nvarchar(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [SentAt] datetimeoffset(3) NULL,
    [Attempts] int NOT NULL,
    [LastError] nvarchar(500) COLLATE Latin1_General_100_BIN2 NULL,
    [DueAt] datetimeoffset(3) NULL,
    [Version] bigint NOT NULL,
    CONSTRAINT [PK_Emails] PRIMARY KEY ([Id]),
    CONSTRAINT [FK_Emails_Users_UserId] FOREIGN KEY ([UserId]) REFERENCES [Users] ([Id]) ON DELETE CASCADE
);

CREATE TABLE [IdempotencyRecords] (
    [Scope] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [Fingerprint] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [CreatedAt] datetimeoffset(3) NOT NULL,
    [UserId] bigint NULL,
    [Response] nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT [PK_IdempotencyRecords] PRIMARY KEY ([Scope]),
    CONSTRAINT [FK_IdempotencyRecords_Users_UserId] FOREIGN KEY ([UserId]) REFERENCES [Users] ([Id]) ON DELETE CASCADE
);

CREATE TABLE [WebhookFailures] (
    [Id] bigint NOT NULL IDENTITY,
    [WebhookId] bigint NOT NULL,
    [At] datetimeoffset(3) NOT NULL,
    [EventId] nvarchar(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [Attempt] int NOT NULL,
    [StatusCode] int NULL,
    [Reason] nvarchar(500) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT [PK_WebhookFailures] PRIMARY KEY ([Id]),
    CONSTRAINT [FK_WebhookFailures_Webhooks_WebhookId] FOREIGN KEY ([WebhookId]) REFERENCES [Webhooks] ([Id]) ON DELETE CASCADE
);

IF EXISTS (SELECT * FROM [sys].[identity_columns] WHERE [name] IN (N'Id', N'Position') AND [object_id] = OBJECT_ID(N'[FeedEnd]'))
    SET IDENTITY_INSERT [FeedEnd] ON;
INSERT INTO [FeedEnd] ([Id], [Position])
VALUES (1, CAST(0 AS bigint));
IF EXISTS (SELECT * FROM [sys].[identity_columns] WHERE [name] IN (N'Id', N'Position') AND [object_id] = OBJECT_ID(N'[FeedEnd]'))
    SET IDENTITY_INSERT [FeedEnd] OFF;

CREATE INDEX [IX_Emails_DueAt] ON [Emails] ([DueAt]) WHERE "DueAt" IS NOT NULL;

CREATE INDEX [IX_Emails_UserId_Id] ON [Emails] ([UserId], [Id]);

CREATE INDEX [IX_IdempotencyRecords_CreatedAt] ON [IdempotencyRecords] ([CreatedAt]);

CREATE INDEX [IX_IdempotencyRecords_UserId] ON [IdempotencyRecords] ([UserId]);

CREATE INDEX [IX_DeletedUsers_CreatedAt] ON [Users] ([CreatedAt], [Id]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX [IX_DeletedUsers_DeletedAt] ON [Users] ([DeletedAt], [Id]) WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX [IX_DeletedUsers_Email] ON [Users] ([EmailKey], [Id]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX [IX_DeletedUsers_Id] ON [Users] ([Id]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX [IX_DeletedUsers_Name] ON [Users] ([SortName], [Id]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX [IX_DeletedUsers_Role] ON [Users] ([Role], [Id]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX [IX_DeletedUsers_RoleAndStatus] ON [Users] ([Role], [Status], [Id]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX [IX_DeletedUsers_Status] ON [Users] ([Status], [Id]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX [IX_DeletedUsers_UpdatedAt] ON [Users] ([UpdatedAt], [Id]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NOT NULL;

CREATE INDEX [IX_Users_CreatedAt] ON [Users] ([CreatedAt], [Id]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NULL;

CREATE UNIQUE INDEX [IX_Users_EmailKey] ON [Users] ([EmailKey]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NULL;

CREATE INDEX [IX_Users_Name] ON [Users] ([SortName], [Id]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NULL;

CREATE INDEX [IX_Users_Role] ON [Users] ([Role], [Id]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NULL;

CREATE INDEX [IX_Users_RoleAndStatus] ON [Users] ([Role], [Status], [Id]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NULL;

CREATE INDEX [IX_Users_Status] ON [Users] ([Status], [Id]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NULL;

CREATE INDEX [IX_Users_UpdatedAt] ON [Users] ([UpdatedAt], [Id]) INCLUDE ([DeletedAt]) WHERE "DeletedAt" IS NULL;

CREATE INDEX [IX_WebhookFailures_WebhookId_Id] ON [WebhookFailures] ([WebhookId], [Id]);

INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
VALUES (N'20261126141123_Initial', N'10.0.14');

COMMIT;
GO

