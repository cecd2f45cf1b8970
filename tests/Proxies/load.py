"""Clients that get, create and change users over HTTPS until they are told to stop, each on a connection of its own, and repeat nothing.

load.py HOST:PORT CLIENTS STOPFILE FIRST: prints how many requests there were, and the failures: a status code other than 200 and 201, or none at all.
"""
import collections, http.client, json, os, ssl, sys, threading

address, clients, stop, first = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
tls = ssl._create_unverified_context()
outcomes, lock = collections.Counter(), threading.Lock()


def client(number):
    connection, done, ids = None, 0, []
    while not os.path.exists(stop):
        done += 1
        if done % 3 == 1:
            request = ("POST", "/api/v1/users", {"email": f"{first}.{number}.{done}@example.org"})
        elif done % 3 == 2:
            request = ("GET", f"/api/v1/users/{ids[-1]}" if ids else "/api/v1/users?pageSize=1", None)
        else:
            request = ("PATCH", f"/api/v1/users/{ids[-1]}", {"age": done % 100}) if ids else ("GET", "/api/v1/users?pageSize=1", None)
        method, path, body = request
        try:
            connection = connection or http.client.HTTPSConnection(address, context=tls, timeout=40)
            connection.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"} if body else {})
            response = connection.getresponse()
            text = response.read()
            outcome = f"{method} {response.status}"
            if response.status == 201:
                ids.append(json.loads(text)["id"])
            if response.will_close:
                connection.close()
                connection = None
        except (OSError, http.client.HTTPException) as error:
            outcome, connection = f"{method} {type(error).__name__}", None
        with lock:
            outcomes[outcome] += 1


threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
failed = {outcome: count for outcome, count in outcomes.items() if outcome.split()[1] not in ("200", "201")}
print(f"{sum(outcomes.values())} requests, {sum(failed.values())} failed {failed or ''}".strip())
sys.exit(1 if failed else 0)
