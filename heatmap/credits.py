"""Every sentence of credit that is owed beside those of the cards: said here once, and nowhere else."""

from __future__ import annotations

from typing import Final

from heatmap.deprivation import CURRENT, EARLIER

OS_CREDIT: Final = "Contains OS data © Crown copyright and database right 2025."
ROYAL_MAIL_CREDIT: Final = "Contains Royal Mail data © Royal Mail copyright and database right 2025."
_ONS: Final = "Source: Office for National Statistics licensed under the Open Government Licence v.3.0."
#: Owed wherever outlines are handed out, beside the credit of the figures.
OUTLINES_CREDIT: Final = f"{_ONS} {OS_CREDIT}"
#: Owed for areas and postcodes together: at the foot of every page, and with every list of postcodes.
ONS_CREDIT: Final = f"{OUTLINES_CREDIT} {ROYAL_MAIL_CREDIT} Contains National Statistics data © Crown copyright and database right 2025."
#: The same in short, for the edge of the map.
MAP_CREDIT: Final = "ONS; contains OS data © Crown copyright 2025."
IOD_CREDIT: Final = f"Indices of Deprivation {CURRENT.year} and {EARLIER.year}: Ministry of Housing, Communities and Local Government."
#: The same for the map and the postcodes of a leaflet, in few words: it is printed, and translated.
LEAFLET_CREDIT: Final = f"Map: Office for National Statistics, Open Government Licence v.3.0. {OS_CREDIT} {ROYAL_MAIL_CREDIT}"
NAMES_CREDIT: Final = "Neighbourhood names: House of Commons Library, licensed under the Open Parliament Licence v3.0."
