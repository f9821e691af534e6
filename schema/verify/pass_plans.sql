select 'pass.window_part(pass.pathway, pass.position, jsonb)'::regprocedure;
