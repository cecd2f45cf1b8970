# The service as an image: `docker build -t cleanusers .`
# Elsewhere the same images under other names: --build-arg SDK_IMAGE=… --build-arg RUNTIME_IMAGE=…
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble
# -extra: with ICU, without which the service does not start
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra


FROM ${SDK_IMAGE} AS build
WORKDIR /src

# the packages are fetched again only when one of these files changes
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY Domain/Domain.csproj Domain/packages.lock.json Domain/
COPY Application/Application.csproj Application/packages.lock.json Application/
COPY Infrastructure/Infrastructure.csproj Infrastructure/packages.lock.json Infrastructure/
COPY WebApi/WebApi.csproj WebApi/packages.lock.json WebApi/
RUN dotnet restore WebApi --locked-mode -p:PublishReadyToRun=true

COPY .editorconfig BannedSymbols.txt ./
COPY Domain Domain
COPY Application Application
COPY Infrastructure Infrastructure
COPY WebApi WebApi
# compiled ahead for this processor: the first response comes in two thirds of the time
RUN dotnet publish WebApi -c Release --no-restore -p:PublishReadyToRun=true -o /app \
    && mkdir /data


# everything, for `docker compose --profile test run --rm tests`
FROM build AS tests
# for the tests that stop and start a server of their own, of databases and of mail
RUN apt-get update && apt-get install -y --no-install-recommends postgresql haproxy python3-aiosmtpd && rm -rf /var/lib/apt/lists/*
COPY . .
RUN dotnet restore --locked-mode && dotnet build --no-restore
CMD ["dotnet", "test", "--no-build"]


FROM ${RUNTIME_IMAGE} AS service
LABEL org.opencontainers.image.title="CleanUsers" \
    org.opencontainers.image.description="A users service: a REST API over a user directory" \
    org.opencontainers.image.version="1.0.0"
COPY --from=build /app /app
# the embedded database and whatever else the service writes; the rest of the file system may be read-only
COPY --from=build --chown=${APP_UID} /data /data
VOLUME /data
WORKDIR /
USER ${APP_UID}
# PORT goes before it
ENV ASPNETCORE_HTTP_PORTS=8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s --retries=3 CMD ["dotnet", "/app/CleanUsers.WebApi.dll", "health"]
# without a shell in between: SIGTERM reaches the service, and what follows the image's name is its command
ENTRYPOINT ["dotnet", "/app/CleanUsers.WebApi.dll"]
