-- The numbers of all days, or those of one.
select cast(:as_of as date) as as_of, pass.rule_book(:as_of) as rules
