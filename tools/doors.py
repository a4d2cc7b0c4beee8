"""An import contract: a room may be entered only through its doors."""

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):
    """Modules of ``house`` may import another room's ``doors``, and what ``windows`` allows one by one.

    A window is written "importer -> imported" (prefixes of module names) and wants its reason beside it.
    """

    type_name = "doors"

    house = fields.StringField()
    doors = fields.SetField(subfield=fields.StringField())
    open_rooms = fields.SetField(subfield=fields.StringField(), required=False)
    windows = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002  (the name is given)
        broken: list[tuple[str, int, str]] = []
        unused = set(self.windows or set())
        for importer in sorted(graph.modules):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                here, there = self._room(importer), self._room(imported)
                if there is None or here in {there, None} or there in (self.open_rooms or set()):
                    continue
                if imported.split(".")[2:3] and imported.split(".")[2] in self.doors:  # type: ignore[operator]  # a set once parsed
                    continue
                window = self._window(importer, imported)
                if window:
                    unused.discard(window)
                    continue
                line = graph.get_import_details(importer=importer, imported=imported)[0]["line_number"]
                broken.append((importer, line, imported))
        return ContractCheck(
            kept=not broken and not unused, metadata={"broken": broken, "unused": sorted(unused)}
        )

    def _room(self, module: str) -> str | None:
        parts = module.split(".")
        return parts[1] if parts[0] == self.house and len(parts) > 1 else None

    def _window(self, importer: str, imported: str) -> str | None:
        for window in self.windows or set():  # type: ignore[attr-defined]  # a set once parsed
            source, _, target = (part.strip() for part in str(window).partition("->"))
            if f"{importer}.".startswith(f"{source}.") and f"{imported}.".startswith(f"{target}."):
                return str(window)
        return None

    def render_broken_contract(self, check: ContractCheck) -> None:
        broken: list[Any] = check.metadata["broken"]
        for importer, line, imported in broken:
            output.print_error(f"{importer}:{line} enters {imported} by the window")
        for window in check.metadata["unused"]:
            output.print_error(f"nobody uses the window {window}: close it")
