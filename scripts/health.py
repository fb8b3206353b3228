"""Ends with status 0 if the app on this computer answers: python -m scripts.health [PORT]"""

import os
import sys
import urllib.request


def main(port: str) -> int:
    """Asks the server on a port for its health, below the path that DIGITS_PATH names."""
    path = os.environ.get("DIGITS_PATH", "").strip("/")
    address = f"http://127.0.0.1:{int(port)}/{path}".rstrip("/")
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
            return 0
    except OSError as error:
        print(f"No app at {address} ({error}).", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "8501"))
