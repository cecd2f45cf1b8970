#!/usr/bin/env bash
# PostgreSQL with two synchronous standbys, three replicas of the service and HAProxy, on the loopback interface: a killed and a restarted replica, a
# failover with a primary that comes back, a rolling restart, an upgrade from the release before, writes without a standby. Each under load for a
# minute, or as many seconds as its argument says; .ci/run has a short form. Needs the .NET SDK, git, haproxy and postgresql (Debian's packages).
set -euo pipefail
cd "$(dirname "$0")/../.."

CLEANUSERS_TEST_LONG=true CLEANUSERS_TEST_DATABASES=postgresql CLEANUSERS_TEST_CLUSTER_SECONDS=${1:-60} \
  dotnet test --project tests/WebApi.Tests --output Detailed --show-live-output on --filter-class '*.ClusterUnderLoad'
