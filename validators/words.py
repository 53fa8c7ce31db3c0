"""Words that tell where a sentence can end, how one begins, and how work is said to be done."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# No sentence ends with these: articles, conjunctions, possessives; English first, then German,
# French, Spanish, Italian, Dutch and Russian.
NEVER_LAST = _words(
    """a an the and or but nor of from into onto than whose because while although whereas unless
    very every its their our your my his these those such which however furthermore moreover
    additionally therefore i.e e.g
    der die das den dem des ein eine einen einem einer und oder aber sondern von vom zum zur mit
    für dass weil welche welcher welches sehr
    le la les un une des du de et ou mais dans pour avec sur que qui dont
    el los las una unos unas y o u del al para por con
    il lo gli uno e di da per che het een en van voor met
    och eller att oraz ponieważ że który która które nebo protože uma pelo pela gli perché
    tra omdat ve veya и или но потому в на с к из для что который которая которые
    не по"""  # noqa: RUF001  Russian
)
# Nor does an item of a list, which may end in "to" or "for".
NEVER_LAST_OF_ITEM = NEVER_LAST - _words("of from o e y") | _words(
    "between within without per including using whether either zwischen entre sans tra"
)
# Of those, words of one language that end a sentence in another.
MAY_BE_LAST = _words("e o u on que die met per en con la he")
# And words that end a line of a poem, which has no full stops.
MAY_END_VERSE = _words("these those such their your my his whose very which than from y o e u")
# A sentence hardly ends with these.
RARELY_LAST = _words(
    """is are was were be been has have had will would can could may might should must to in with
    for by on at as that this some any when where what how not if so only also like between through
    without within per about including using both either other each another many most more several
    one two
    ist sind war wird werden kann im am an auf bei nach als wie nicht sich
    est sont sur par plus comme ne pas es son ser como no non sono come"""
)
# With these a sentence begins, and hardly a signature or a label.
OPENERS = _words(
    """the this these it in if when however finally additionally furthermore moreover as for we to
    by those they you all any some such our your please each every a an there once after because
    while although another first second next then
    der die das es wenn diese dieser im zum le la les ce cette il elle dans pour el los esta este"""
)
# With these a criterion is ticked off; they are nobody's content.
TICKED = _words(
    """a all also an and are as at been by check checked complete completed criteria criterion
    acceptance done ensured every following for fulfilled fully have has held implemented in is it
    its made meet meets met now of ok on passed per provided requested required requirement
    requirements satisfied satisfies task that the these this to verified was were which will with
    yes must should shall be document documents file files page text section sections"""
)
# Kinds of documents that are no part of another one.
DOCUMENTS = _words(
    """proposal plan specification spec runbook tutorial manual handbook reference comparison
    minutes announcement whitepaper brief briefing faq glossary checklist roadmap rfc adr
    postmortem post-mortem newsletter email mail message translation draft answer writeup write-up
    paper how-to howto design document doc"""
)
# Words that put work off: one of them must be there, or what is done to a text and a future.
PUT_OFF = _words("later soon tbd tba tbc t.b.d todo fixme wip placeholder xxx xxxx")
PUT_OFF_DONE = _words(
    """added written filled completed documented described inserted provided determined defined
    come follow here"""
)
PUT_OFF_FUTURE = _words("will shall should must to need needs yet go goes")
# And words that may stand around them.
PUT_OFF_AROUND = _words(
    """a an the this that these of for about with by in on to be is are was will would shall should
    must need needs has have been still yet not now currently at some more any all further
    additional we i you please it its they author authors team section sections chapter part page
    document text content contents detail details description summary information info list table
    figure diagram example examples notes go goes add write fill complete finish see comes follows
    next version first when time work progress under construction draft pending
    left revision estimate estimates"""
)
# Headings beneath which "draft" or "pending" is an answer.
STATES_OF_WORK = _words("statu state progres decision result outcome phase stage date venue todo")
# What a comment in place of code says, and the words around it.
LEFT_OUT = _words("unchanged same omitted rest remain remains stay stays continues keep before")
LEFT_OUT_AROUND = _words(
    """the a an of all other others remaining existing previous original code file functions
    function methods method class classes module implementation implementations imports logic tests
    helpers handlers fields routes endpoints is are be as above below here it they was were not
    follow follows pattern etc in this that and everything else kept for from"""
)
# What may stand in a sentence about a length without saying more.
SAYS_NOTHING = _words(
    """a an the is are be has have must should shall needs need will do does to it its this contain
    contains contained comprise comprises in of with between long length total word line count size
    stay stays keep write please make aim for overall altogether whole entire and your our use run
    runs come comes final written number summary report text file output page article essay readme
    content deliverable result post story letter memo guide note blog"""
)
