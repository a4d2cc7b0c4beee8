from lockgate.publishing.tests.fixtures import *  # noqa: F403  (fixtures are found by name)
