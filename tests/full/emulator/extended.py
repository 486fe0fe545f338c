"""The emulator with what its services have and its CloudFormation lacks (`made` in known.json), and with placeholders for
what others refer to (`lacking`): started in place of the program `ministack`.
"""

import apis
import lacking
from known import KNOWN
from ministack.app import main

if __name__ == "__main__":
    apis.extend()
    lacking.extend(KNOWN["lacking"])
    main()
