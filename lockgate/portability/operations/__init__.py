"""What is done when people come and go; one verb a file."""

from lockgate.portability.operations.bring import bring
from lockgate.portability.operations.company import FolderInTheWay, take_out_company
from lockgate.portability.operations.take_out import take_out_own, take_out_space

__all__ = ["FolderInTheWay", "bring", "take_out_company", "take_out_own", "take_out_space"]
