"""The process that plays a deployment to its end at once, and writes its last state."""

import json
import sys

from probity.web.live.worker import finished

if __name__ == "__main__":
    json.dump(finished(json.loads(sys.argv[1])), sys.stdout)
