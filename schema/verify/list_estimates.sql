select 'report.kinds_of(text[], date)'::regprocedure;
