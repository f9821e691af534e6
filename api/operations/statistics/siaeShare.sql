-- siaeShare: share of SIAE by a named formula; LEGAL is refused while ETTI and ETT-ESS are not told apart.
select s.as_of, s.formula, s.formula_text, s.numerator, s.denominator, s.share_percent, s.note
from report.siae_share(coalesce(:as_of, engine.today()), :formula) s
