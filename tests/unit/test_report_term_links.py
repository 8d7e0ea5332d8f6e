"""Terms in running text lead to the glossary, once, and text stays text."""

from probity.publish.glossary import terms
from probity.publish.term_links import TermLinks


def test_the_first_use_of_a_term_is_linked_and_later_ones_are_not() -> None:
    links = TermLinks()
    first = links("10 false alerts in 3 million faces seen; false alerts are rare")
    assert first.count('href="#term-false-alert"') == 1
    assert first.count('href="#term-faces-seen"') == 1
    assert "href" not in links("faces seen")


def test_the_longest_term_wins() -> None:
    assert 'href="#term-false-alerts-per-face-seen"' in TermLinks()("False alerts per face seen")


def test_a_short_name_leads_to_the_same_place() -> None:
    assert 'href="#term-live-facial-recognition-lfr"' in TermLinks()("LFR vans")


def test_parts_of_words_are_left_alone() -> None:
    assert TermLinks()("thresholdless unwatchlisted") == "thresholdless unwatchlisted"


def test_markup_in_the_text_is_escaped_on_both_sides_of_a_link() -> None:
    text = TermLinks()('<b>faces seen</b> & "more"')
    assert "<b>" not in text
    assert text.startswith('&lt;b&gt;<a class="term"')
    assert text.endswith("&lt;/b&gt; &amp; &#34;more&#34;")


def test_every_link_goes_to_a_term() -> None:
    anchors = {term.anchor for term in terms()}
    text = TermLinks()(" ".join(term.name for term in terms()))
    linked = {part.split('"')[0] for part in text.split('href="#')[1:]}
    assert linked <= anchors
    assert len(linked) > 15
