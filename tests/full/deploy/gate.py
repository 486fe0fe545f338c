"""What is refused unless it is permitted, and what fails for a reason."""


def replacement(world):
    """replacing a table is refused before CloudFormation refuses it: the old one still has the name"""
    world.edit(("    key: customerId\n    sort: applicationId\n    ttl: 30d\n", "    key: customerId\n    ttl: 30d\n"))
    ended = world.deploy().must(4, "Data/RecommendationsTable", "IMPOSSIBLE", "nothing was changed", "no flag permits")
    ended.must_not("--allow")
    world.same("executed", 0, world.proxy.seen["ExecuteChangeSet"])
    world.ops("status").must(0)
    world.restore()


def partitions(world):
    """fewer partitions are refused, and no flag permits them"""
    world.edit(("  partitions: 6\n", "  partitions: 3\n"))
    world.deploy().must(4, "partitions", "no flag").must_not("--allow")
    world.restore()


def group(world):
    """another consumer group is refused, with the flag that permits it"""
    world.edit(("consumer: { group: user-info,", "consumer: { group: user-info-2,"))
    world.deploy().must(4, "onboard-ai-consumer-user-info", "=group")
    world.restore()


def slip(world):
    """flags and zips with a slip are told"""
    world.change("perform-kyc")
    world.deploy("--allow", "Foundation/Clutser=replace").must(2, "Foundation/Cluster")
    world.deploy("--parameter", "TopicCreaton=outside").must(2, "TopicCreation")
    (world.zips / "perform-kyc.zip").rename(world.zips / "away.zip")
    world.deploy().must(2, "perform-kyc.zip", "make build")
    (world.zips / "perform-kyc.zip").write_text("no zip")
    world.deploy().must(2, "perform-kyc.zip is no zip")
    (world.zips / "away.zip").rename(world.zips / "perform-kyc.zip")


SCENARIOS = [replacement, partitions, group, slip]
