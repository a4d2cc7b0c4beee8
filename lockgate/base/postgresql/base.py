"""The backend that ``ENGINE`` names. Where statements travel together (``base.rows.together``), turning autocommit off
and on makes the driver wait for all that was sent, twice a transaction; a BEGIN travels with the rest."""

from __future__ import annotations

from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction

from lockgate.base.postgresql.bundle import commit, is_bundled


class DatabaseWrapper(base.DatabaseWrapper):
    def init_connection_state(self) -> None:
        super().init_connection_state()
        # Compiling a question takes 50 ms and more; ours are answered in less. The server begins to where its estimates
        # are high, which they are for tables that it has not counted yet.
        with self.connection.cursor() as cursor:
            cursor.execute("SET jit = off", prepare=False)

    def _start_transaction_under_autocommit(self) -> None:
        # Django calls this, where it is there, for each outermost ``atomic``; its own SQLite backend has it, too.
        with self.wrap_database_errors:
            self.connection.execute("BEGIN", prepare=False)

    def _commit(self) -> None:
        driver = self.connection
        if driver is None or not is_bundled(driver):
            super()._commit()  # type: ignore[misc]  # the stubs leave it out
            return
        with debug_transaction(self, "COMMIT"), self.wrap_database_errors:
            commit(driver)

    def _set_autocommit(self, autocommit: bool) -> None:
        if self.connection.autocommit != autocommit:
            with self.wrap_database_errors:
                self.connection.autocommit = autocommit
