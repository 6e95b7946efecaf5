"""Licence texts by the phrases only they have, and the names of licences.

A phrase is compared with a text folded to lower case words: no punctuation, no line ends.
Identifiers are SPDX's; where a text alone cannot tell `-only` from `-or-later`, the short form.
"""

from __future__ import annotations

from dataclasses import dataclass

_MIT_GRANT = "permission is hereby granted free of charge to any person obtaining a copy"
_BSD_GRANT = "redistribution and use in source and binary forms with or without modification"
_BSD_NAMES = ("neither the name", "may not be used to endorse", "may be used to endorse")


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseText:
    """`all_of` must occur, one of `any_of` must (if any is given), none of `none_of` may."""

    spdx: str
    all_of: tuple[str, ...]
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


# The first that fits decides, so the special stands before the general.
LICENSE_TEXTS = (
    LicenseText(spdx="AGPL-3.0", all_of=("gnu affero general public license version 3",)),
    LicenseText(
        spdx="LGPL-3.0",
        all_of=("gnu lesser general public license version 3",),
        none_of=("gnu affero general public license version 3 19 november",),
    ),
    LicenseText(spdx="LGPL-2.1", all_of=("gnu lesser general public license version 2 1",)),
    LicenseText(spdx="LGPL-2.0", all_of=("gnu library general public license version 2",)),
    LicenseText(
        spdx="GPL-3.0",
        all_of=("gnu general public license",),
        any_of=("version 3 29 june 2007", "gnu general public license version 3"),
    ),
    LicenseText(
        spdx="GPL-2.0",
        all_of=("gnu general public license",),
        any_of=("version 2 june 1991", "gnu general public license version 2"),
    ),
    LicenseText(
        spdx="Elastic-2.0", all_of=("elastic license 2 0", "you may not provide the software")
    ),
    LicenseText(spdx="SSPL-1.0", all_of=("server side public license version 1",)),
    LicenseText(spdx="BUSL-1.1", all_of=("business source license 1 1",)),
    LicenseText(
        spdx="Apache-2.0",
        all_of=("apache license",),
        any_of=(
            "version 2 0 january 2004",
            "licensed under the apache license version 2 0",
            "apache license version 2 0",
        ),
    ),
    LicenseText(
        spdx="MPL-2.0",
        all_of=("mozilla public license",),
        any_of=("mozilla public license version 2 0", "mozilla public license v 2 0"),
    ),
    LicenseText(spdx="MPL-1.1", all_of=("mozilla public license version 1 1",)),
    LicenseText(spdx="EPL-2.0", all_of=("eclipse public license v 2 0",)),
    LicenseText(spdx="EPL-2.0", all_of=("eclipse public license version 2 0",)),
    LicenseText(spdx="EPL-1.0", all_of=("eclipse public license v 1 0",)),
    LicenseText(
        spdx="EUPL-1.2", all_of=("european union public licence",), any_of=("v 1 2", "eupl 1 2")
    ),
    LicenseText(spdx="OSL-3.0", all_of=("open software license v 3 0",)),
    LicenseText(spdx="AFL-3.0", all_of=("academic free license v 3 0",)),
    LicenseText(spdx="Artistic-2.0", all_of=("artistic license 2 0",)),
    LicenseText(spdx="MulanPSL-2.0", all_of=("mulan psl v2",)),
    LicenseText(spdx="OFL-1.1", all_of=("sil open font license version 1 1",)),
    LicenseText(spdx="CC0-1.0", all_of=("cc0 1 0 universal",)),
    LicenseText(spdx="CC0-1.0", all_of=("creative commons legal code cc0 1 0",)),
    LicenseText(spdx="CC-BY-NC-SA-4.0", all_of=("attribution noncommercial sharealike 4 0",)),
    LicenseText(spdx="CC-BY-NC-ND-4.0", all_of=("attribution noncommercial noderivatives 4 0",)),
    LicenseText(spdx="CC-BY-NC-4.0", all_of=("attribution noncommercial 4 0 international",)),
    LicenseText(spdx="CC-BY-ND-4.0", all_of=("attribution noderivatives 4 0 international",)),
    LicenseText(spdx="CC-BY-SA-4.0", all_of=("attribution sharealike 4 0 international",)),
    LicenseText(spdx="CC-BY-4.0", all_of=("attribution 4 0 international",)),
    LicenseText(spdx="CC-BY-SA-3.0", all_of=("attribution sharealike 3 0",)),
    LicenseText(spdx="CC-BY-3.0", all_of=("attribution 3 0",), any_of=("creative commons",)),
    LicenseText(
        spdx="Unlicense",
        all_of=("this is free and unencumbered software released into the public domain",),
    ),
    LicenseText(spdx="WTFPL", all_of=("do what the fuck you want to public license",)),
    LicenseText(spdx="BSL-1.0", all_of=("boost software license version 1 0",)),
    LicenseText(spdx="Vim", all_of=("vim license",)),
    LicenseText(spdx="PostgreSQL", all_of=("postgresql license",)),
    LicenseText(
        spdx="Python-2.0",
        all_of=("python software foundation license version 2", "cnri open source license"),
    ),
    LicenseText(spdx="PSF-2.0", all_of=("python software foundation license version 2",)),
    LicenseText(spdx="UPL-1.0", all_of=("universal permissive license upl version 1 0",)),
    LicenseText(spdx="MS-PL", all_of=("microsoft public license",)),
    LicenseText(
        spdx="NCSA", all_of=(_MIT_GRANT, "to deal with the software without restriction"),
    ),
    LicenseText(
        spdx="Zlib",
        all_of=("altered source versions must be plainly marked as such",),
    ),
    LicenseText(
        spdx="BSD-4-Clause",
        all_of=(_BSD_GRANT, "all advertising materials mentioning features"),
    ),
    LicenseText(spdx="BSD-3-Clause", all_of=(_BSD_GRANT,), any_of=_BSD_NAMES),
    LicenseText(spdx="BSD-2-Clause", all_of=(_BSD_GRANT,), none_of=_BSD_NAMES),
    LicenseText(
        spdx="MIT-CMU",
        all_of=("permission to use copy modify and distribute this software and its",),
    ),
    LicenseText(
        spdx="0BSD",
        all_of=("permission to use copy modify and or distribute this software",),
        none_of=("provided that the above copyright notice", "provided that the copyright notice"),
    ),
    LicenseText(
        spdx="ISC",
        all_of=("permission to use copy modify and", "distribute this software"),
        any_of=("and this permission notice appear in all copies",),
    ),
    LicenseText(
        spdx="MIT-0",
        all_of=(_MIT_GRANT,),
        none_of=("shall be included in all", "shall be included in all copies"),
    ),
    LicenseText(spdx="MIT", all_of=(_MIT_GRANT,)),
)  # fmt: skip

GRANTS = frozenset(
    {
        *("MIT", "MIT-0", "ISC", "0BSD", "Zlib", "NCSA", "MIT-CMU"),
        *("BSD-2-Clause", "BSD-3-Clause", "BSD-4-Clause"),
    }
)
"""Texts without a title of their own: they may stand behind a long list of copyrights."""

LICENSE_NAMES = {
    "0BSD": "BSD Zero Clause License",
    "AFL-3.0": "Academic Free License 3.0",
    "AGPL-3.0": "GNU Affero General Public License 3.0",
    "Apache-2.0": "Apache License 2.0",
    "Artistic-2.0": "Artistic License 2.0",
    "BSD-2-Clause": "BSD 2-Clause License",
    "BSD-3-Clause": "BSD 3-Clause License",
    "BSD-4-Clause": "BSD 4-Clause License",
    "BSL-1.0": "Boost Software License 1.0",
    "BUSL-1.1": "Business Source License 1.1",
    "CC-BY-3.0": "Creative Commons Attribution 3.0",
    "CC-BY-4.0": "Creative Commons Attribution 4.0",
    "CC-BY-NC-4.0": "Creative Commons Attribution NonCommercial 4.0",
    "CC-BY-NC-ND-4.0": "Creative Commons Attribution NonCommercial NoDerivatives 4.0",
    "CC-BY-NC-SA-4.0": "Creative Commons Attribution NonCommercial ShareAlike 4.0",
    "CC-BY-ND-4.0": "Creative Commons Attribution NoDerivatives 4.0",
    "CC-BY-SA-3.0": "Creative Commons Attribution ShareAlike 3.0",
    "CC-BY-SA-4.0": "Creative Commons Attribution ShareAlike 4.0",
    "CC0-1.0": "Creative Commons Zero 1.0",
    "EPL-1.0": "Eclipse Public License 1.0",
    "EPL-2.0": "Eclipse Public License 2.0",
    "EUPL-1.2": "European Union Public Licence 1.2",
    "Elastic-2.0": "Elastic License 2.0",
    "GPL-2.0": "GNU General Public License 2.0",
    "GPL-3.0": "GNU General Public License 3.0",
    "ISC": "ISC License",
    "LGPL-2.0": "GNU Library General Public License 2.0",
    "LGPL-2.1": "GNU Lesser General Public License 2.1",
    "LGPL-3.0": "GNU Lesser General Public License 3.0",
    "MIT": "MIT License",
    "MIT-0": "MIT No Attribution License",
    "MIT-CMU": "CMU License",
    "MPL-1.1": "Mozilla Public License 1.1",
    "MPL-2.0": "Mozilla Public License 2.0",
    "MS-PL": "Microsoft Public License",
    "MulanPSL-2.0": "Mulan Permissive Software License 2.0",
    "NCSA": "University of Illinois/NCSA License",
    "OFL-1.1": "SIL Open Font License 1.1",
    "OSL-3.0": "Open Software License 3.0",
    "PSF-2.0": "Python Software Foundation License 2.0",
    "PostgreSQL": "PostgreSQL License",
    "Python-2.0": "Python License 2.0",
    "Ruby": "Ruby License",
    "SSPL-1.0": "Server Side Public License 1.0",
    "UPL-1.0": "Universal Permissive License 1.0",
    "Unlicense": "The Unlicense",
    "Vim": "Vim License",
    "WTFPL": "Do What The F*ck You Want To Public License",
    "Zlib": "zlib License",
}

# What manifests and classifiers write instead of an identifier.
LICENSE_ALIASES = {
    "apache 2": "Apache-2.0",
    "apache 2 0": "Apache-2.0",
    "apache license": "Apache-2.0",
    "apache license 2 0": "Apache-2.0",
    "apache license version 2 0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "bsd 3 clause": "BSD-3-Clause",
    "new bsd license": "BSD-3-Clause",
    "simplified bsd license": "BSD-2-Clause",
    "gnu general public license v2 gplv2": "GPL-2.0-only",
    "gnu general public license v2 or later gplv2": "GPL-2.0-or-later",
    "gnu general public license v3 gplv3": "GPL-3.0-only",
    "gnu general public license v3 or later gplv3": "GPL-3.0-or-later",
    "gnu affero general public license v3": "AGPL-3.0-only",
    "gnu affero general public license v3 or later agplv3": "AGPL-3.0-or-later",
    "gplv2": "GPL-2.0",
    "gplv3": "GPL-3.0",
    "gpl 3": "GPL-3.0",
    "isc license": "ISC",
    "isc license iscl": "ISC",
    "mit license": "MIT",
    "the mit license": "MIT",
    "mpl 2 0": "MPL-2.0",
    "mozilla public license 2 0 mpl 2 0": "MPL-2.0",
    "the unlicense unlicense": "Unlicense",
}
