select 1 / (count(*) >= 2)::integer from engine.job where function_name::regproc is not null;
