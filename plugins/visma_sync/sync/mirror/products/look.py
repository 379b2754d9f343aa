"""Which product of the target is the one of the source: that of its link, else that of its SKU."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.rows import Link
from visma_sync.sync.mirror.products.ports import ArticleTarget, KnownArticle
from visma_sync.sync.products.look import spelling


@dataclass
class Found:
    """Articles of the target by number, and all of one spelling; `whole` tells that all of them were seen."""

    by_number: dict[str, KnownArticle] = field(default_factory=dict)
    by_spelling: dict[str, list[KnownArticle]] = field(default_factory=dict)
    whole: bool = False

    def note(self, articles: Sequence[KnownArticle]) -> None:
        """Remember these articles."""
        for article in articles:
            self.by_number[article.number] = article
            self.by_spelling.setdefault(spelling(article.number), []).append(article)

    def article(self, number: str) -> KnownArticle | None:
        """The article with this SKU: to the letter, else the only one that is spelled like it.

        The source takes SKUs that differ in letter case, or in blanks around them, only for one.
        RecordParkedError where several articles are spelled like it.
        """
        if number in self.by_number:
            return self.by_number[number]
        alike = self.by_spelling.get(spelling(number), [])
        if len(alike) > 1:
            names = ", ".join(f"'{article.number}'" for article in alike)
            raise RecordParkedError(
                [Reason("several_matches", f"the target has several articles like '{number}': {names}")],
                resolution="Give all of these articles but one another number.",
            )
        return alike[0] if alike else None


async def look_for(
    target: ArticleTarget, numbers: Collection[str], links: Mapping[str, Link], others: Mapping[str, Link]
) -> Found:
    """Look for the articles of these products, in as few calls as it takes.

    `links` and `others`, those of the other direction by the product's number, say which article some are; whether
    the target has one of the others is only proven by all its articles. Raises PartialReadError where these moved.
    """
    known = {number: links[number].target_key for number in numbers if number in links}
    known |= {number: others[number].source_key for number in numbers if number in others and number not in links}
    found = Found(whole=len(known) < len(set(numbers)))
    articles = target.known_articles
    found.note(await (articles.everything() if found.whole else articles.numbered(sorted(known.values()))))
    return found
