-- listPublishedFigures: each printed figure beside the value computed now.
select f.id, f.source, f.source_code, f.place, f.year, f.as_of, f.key, f.label, f.unit, f.printed_text,
    f.printed_value, f.formula_id, f.formula, f.computed_value, f.gap, f.not_computed_as, f.note
from report.published_figures() f
where true
  and f.year = :year                                      --? year
  and (f.source_code = :source or f.source = :source)     --? source
  and f.key = :key                                        --? key
  and (f.gap <> 0) = :has_gap                             --? has_gap
