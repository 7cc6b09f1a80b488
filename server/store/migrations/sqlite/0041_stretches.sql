-- +goose Up
-- People are found among 65,536 at a time, in the order of their numbers. What they are found by are random
-- values: in one index of a whole register, each slice of a file changed most pages. A program before this one
-- finds the same people, by slower ways.
DROP INDEX people_number;
DROP INDEX people_birth;
DROP INDEX people_name_head;
DROP INDEX people_kana_head;
CREATE INDEX people_number ON people ((id >> 16), number_mac);
CREATE INDEX people_birth ON people ((id >> 16), birth_mac);
CREATE INDEX people_name_head ON people ((id >> 16), name_head_mac);
CREATE INDEX people_kana_head ON people ((id >> 16), kana_head_mac);
