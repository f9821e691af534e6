-- Nothing is stored; a wrong value is an answer, not an error.
select :body ->> 'kind' as kind, :body ->> 'value' as value, c.normalised, c.valid, c.rule, c.fault, c.detail, c.derived
from network.check_identifier(:body ->> 'kind', :body ->> 'value') c
