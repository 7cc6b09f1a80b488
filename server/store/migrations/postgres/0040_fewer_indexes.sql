-- +goose Up
-- Whose name it is, is found among those whose name begins so, and a symbol with its number among those with
-- that number: three indexes of random values less, which cost an import the most. A program before this one
-- finds the same people, by slower ways.
DROP INDEX people_name;
DROP INDEX people_kana;
DROP INDEX people_insured;
