"""`ops` against the emulator, as a user runs it, through a proxy that fails as it is told to.

usage: test.py ROOT OPS INFRA_GEN PROGRAMS AWS CDK
ROOT is the project, OPS and INFRA_GEN are programs of it, PROGRAMS is the folder of the functions that really run;
AWS and CDK are the command lines of those names.
"""

import sys
import tempfile
from pathlib import Path

from world import World

import destroy
import faults
import gate
import others
import safety
import update


def step(text):
    print(f"-- deploy: {text}", flush=True)


def main(root, ops, infra_gen, programs, aws, cdk):
    work = tempfile.mkdtemp(prefix="onboard-ai-deploy-")
    world = World(work, ops, infra_gen, root, {"bootstrap-brokers": Path(programs) / "bootstrap-brokers"})
    world.aws, world.cdk = aws, cdk
    try:
        for module in (update, gate, faults, destroy, others, safety):
            for scenario in module.SCENARIOS:
                step(scenario.__doc__.splitlines()[0])
                world.proxy.clear()
                scenario(world)
    except BaseException:
        print("the end of the emulator's log:", file=sys.stderr)
        print(*Path(world.emulator.log).read_text().splitlines()[-20:], sep="\n", file=sys.stderr)
        raise
    finally:
        world.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
