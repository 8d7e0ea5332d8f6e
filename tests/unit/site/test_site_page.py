"""A page of the site, filled into its shell."""

import pytest

from probity.publish.site.page import SitePage, render


@pytest.mark.parametrize("name", ["policy", "root", "navigation", "here"])
def test_no_page_can_put_something_in_the_place_of_what_the_shell_says(name: str) -> None:
    page = SitePage(path="p.html", title="P", template="limits.html", values={name: "x"})
    with pytest.raises(ValueError, match=rf"p\.html: .*shell's own: {name}"):
        render(page, app=False)
