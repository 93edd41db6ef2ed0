//! The catalogue of what can be wrong with a data file; `dampak explain CODE` prints these.

use crate::diag::{Rule, Severity};

macro_rules! rules {
    ($($name:ident = $code:literal $severity:ident $title:literal $doc:literal;)*) => {
        $(#[doc = $title] pub static $name: Rule =
            Rule { code: $code, severity: Severity::$severity, title: $title, doc: $doc };)*
        /// Every rule of this room, in the order of its codes.
        pub static RULES: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    EMPTY_FILE = "R-FILE-001" Error "the data file is empty"
        "A file of zero bytes usually means that an export was interrupted or a cloud folder had not finished copying. Export the file again.";
    NO_ROWS = "R-FILE-002" Error "the data file has a header and no rows"
        "The first line names the columns; the rows below it are missing. Export the file again, or take the entry out of the study until the data are there.";
    BINARY_FILE = "R-FILE-003" Error "the data file is not text"
        "The file holds bytes that no delimited text file holds. An Excel workbook, an SPSS file or a picture with the ending .csv gives this. Save the sheet as CSV (UTF-8) and name that file.";
    WRONG_DELIMITER = "R-FILE-004" Error "the separator does not fit the file"
        "The header holds none of the declared separator, but others. Indonesian Excel writes semicolons. Leave \"delimiter\" out to let dampak find it, or declare the one the file uses.";
    OPEN_QUOTE = "R-FILE-005" Error "a quotation mark is opened and never closed"
        "From that line on everything is one cell. The file was cut off while it was written, or a cell holds a single quotation mark that was not doubled. Export the file again or mend that line.";
    RAGGED_ROW = "R-FILE-006" Error "a row has more or fewer cells than the header"
        "Cells after the slip would stand in the wrong column, so nothing of this file is used. A separator inside an unquoted text is the usual cause.";
    LONG_LINE = "R-FILE-007" Error "a line is far too long for a row of answers"
        "A line of more than a million characters means that line ends are missing or that the file is not a table.";
    ENCODING = "R-FILE-008" Error "the characters do not fit the declared encoding"
        "The file was declared as UTF-8 and holds bytes that are not UTF-8. Leave \"encoding\" out, or declare \"windows-1252\" for files from older Excel.";
    DECODED = "R-FILE-009" Warning "the file was read as Windows-1252"
        "The file is not UTF-8, so it was read as Windows-1252, which older Excel writes. Names with accents may need a look. Declare \"encoding\": \"windows-1252\" to confirm.";
    UNREADABLE = "R-FILE-010" Error "the file cannot be opened"
        "The path is read from the folder of the study file. Check the spelling, capital letters and whether the file was moved.";
    PARQUET = "R-FILE-011" Error "the parquet file cannot be read"
        "The file is damaged or is not parquet. Write it again from the program that made it.";
    DUPLICATE_COLUMN = "R-COLUMN-001" Error "two columns have the same name"
        "It cannot be known which of them is meant. Rename or delete one of them.";
    MISSING_COLUMN = "R-COLUMN-002" Error "a column that the study names is not in the file"
        "The study file says which column holds the person, the school or the score; the file has no column of that name.";
    ITEM_COLUMN = "R-COLUMN-003" Warning "an item of the instrument has no column in the file"
        "The item counts as not given to anybody in this file. If the column has another name, map it under \"columns\": { \"items\": { \"N01\": \"name in the file\" } }.";
    STRAY_COLUMN = "R-COLUMN-004" Warning "a column looks like an item but is none"
        "Its name is built like the ids of the items, or is an item's id with an ending that no part of the item has. It is not used. Mend the name or map it under \"columns\": { \"items\": ... }.";
    NO_ITEMS = "R-COLUMN-005" Error "no column of the file belongs to the instrument"
        "Not one item id is found among the column names. The entry probably names the wrong instrument or file.";
    MISSING_PARTS = "R-COLUMN-006" Error "an item has columns for some of its parts only"
        "The statements of a grid and the pairs of a matching item may stand in columns of their own, such as N05.a and N05.b, but then each needs one: with a part missing nobody could get the item right. Export the missing columns, or leave the item out of the file altogether.";
    BLANK_PERSON = "R-PERSON-001" Error "a row has no person id"
        "Without an id the row cannot be linked to the other wave. Find the person in the list of that class, or delete the row if it is empty.";
    DUPLICATE_PERSON = "R-PERSON-002" Error "a person stands twice with different answers"
        "The message names the columns that differ. Decide which row is right (a retest, a typing error in the id, two pupils with one id) and delete or mend the other.";
    REPEATED_ROW = "R-PERSON-003" Warning "a person stands twice with the same answers"
        "The second row is an exact copy and is left out; usually a form sent twice.";
    UNKNOWN_PERSON = "R-PERSON-004" Warning "persons in the answers are not in the roster"
        "They are counted in the match report and left out of the estimates, because their school is not known. Add them to the roster, or mend the id. Excel removes leading zeros: 0087 becomes 87.";
    SHORT_ID = "R-PERSON-005" Warning "ids in the answers lost their leading zeros"
        "The same id with zeros in front stands in the roster. A spreadsheet has read the ids as numbers. dampak does not mend ids by guessing: format the column as text and export again.";
    SCIENTIFIC_ID = "R-PERSON-006" Error "ids were turned into scientific notation"
        "A spreadsheet has written long ids as 1.23E+16; the last digits are lost and cannot be had back from this file. Format the column as text in the source and export again.";
    ABSENT_ROW = "R-PERSON-007" Warning "rows hold no answer at all"
        "They come from lists that name every pupil. A person without a single answer counts as absent at that wave, not as somebody who got everything wrong.";
    NOBODY_KNOWN = "R-PERSON-008" Error "nobody in the file is in the roster"
        "Not one id is found in the roster, so no answer can be used. The entry probably names the wrong file or the wrong column, or a spreadsheet has changed the ids (0087 becomes 87).";
    UNNAMED_RATER = "R-PERSON-009" Warning "rows do not name their rater"
        "The study says which column holds the rater, but some rows leave it blank. Their marks count in the person's score; agreement between raters cannot be computed with them.";
    ROSTER_TWICE = "R-ROSTER-001" Error "a person stands twice in the roster"
        "Every person stands once. Delete one of the rows.";
    TWO_SCHOOLS = "R-ROSTER-002" Error "a person stands in two schools"
        "Clustering needs one school per person. If the pupil moved, keep the school of the first wave; if two pupils share an id, give them ids of their own.";
    BLANK_SCHOOL = "R-ROSTER-003" Error "a person of the roster has no school"
        "Schools are the units of the inference, so everybody needs one.";
    UNKNOWN_SCHOOL = "R-ROSTER-004" Error "a school is not in the roster"
        "The answers name a school that nobody in the roster belongs to: a typing error, or a roster that is not complete.";
    OTHER_SCHOOL = "R-ROSTER-005" Error "a person answers in another school than the roster says"
        "Either the id or the school of that row is wrong. Mend whichever it is; if the pupil moved, keep the roster's school in both.";
    UNKNOWN_ARM = "R-ROSTER-006" Error "an arm in the roster is not one of the study's arms"
        "The arm column may hold only the ids listed under \"arms\".";
    SPLIT_SCHOOL = "R-ROSTER-007" Error "a school stands in two arms"
        "The study says that whole schools were assigned, but this school has persons in more than one arm.";
    SCHOOL_ELSEWHERE = "R-ROSTER-008" Warning "a school stands in one roster only"
        "The teachers' roster names a school without pupils, or the reverse. Check the spelling; it is used as it stands.";
    EMPTY_ARM = "R-ROSTER-009" Warning "an arm has nobody in the roster"
        "The study declares the arm, but no row of the roster names it, so there is nobody to compare with. Check the spelling in the arm column, or take the arm out of the study.";
    WEIGHT = "R-ROSTER-010" Error "a weight is not a number above zero"
        "A weight says how many persons of the population somebody stands for. A person who is not to count belongs out of the roster; nobody can count less than nothing.";
    TWO_STRATA = "R-ROSTER-011" Error "a school stands in two strata or pairs"
        "Strata and pairs are made of whole schools: every row of a school must name the same one.";
    NOBODY_LINKED = "R-LINK-001" Warning "nobody was met at the first and at the last wave"
        "Waves are linked by the person id. Both files hold persons of the roster, but no id stands in both, so no change within persons can be estimated. Either the two waves measured different people, or the ids were given anew at the second wave.";
    BAD_DOSE = "R-DOSE-001" Error "a dose is not a number"
        "The column named under \"dose\" holds how much of the programme each person received, such as training hours, as a number. Write 32 instead of \"32 jam\" or \"4 hari\"; leave the cell empty where it is not known, and declare \"decimal\": \",\" where the file writes decimal commas.";
    NEGATIVE_DOSE = "R-DOSE-002" Error "a dose is below zero"
        "Nobody receives less than nothing. A code such as -9 or -99 for a missing value has to be left empty; 0 means that the person came to nothing.";
    BAD_VALUE = "R-VALUE-001" Error "a cell holds an answer that the item does not have"
        "The message names the row, the column, what was found and what the item allows. If the code means a missing answer, declare it under \"missing_codes\". If the instrument changed after the data came, use the version that was printed.";
    TWO_MARKS = "R-VALUE-002" Warning "cells hold two marks where one was asked"
        "They count as invalid: no points in a test, missing in a questionnaire.";
    UNKNOWN_BOOKLET = "R-VALUE-003" Error "a row names a booklet that the instrument does not have"
        "Without its booklet it is not known which items the person was given.";
    OUTSIDE_BOOKLET = "R-VALUE-004" Warning "persons answered items that are not in their booklet"
        "The booklet of the row is probably wrong: its answers to items of the other booklet are not used.";
    BAD_NUMBER = "R-VALUE-005" Error "a cell of a score column is not a number"
        "Declare \"decimal\": \",\" if the file writes decimal commas; leave cells of absent persons empty.";
    OUTSIDE_RANGE = "R-VALUE-006" Error "a score lies outside the range of the outcome"
        "Either the cell or the declared range is wrong.";
    IMPROBABLE = "R-VALUE-007" Warning "a number lies outside the believable range of the item"
        "The item declares a smallest and largest believable value. The cell is kept as it stands.";
    BAD_DURATION = "R-VALUE-008" Error "an answering time is not a number of seconds"
        "The column named under \"duration\" holds how many seconds a person took, as a number. Times such as 12:34 or \"12 menit\" have to be turned into seconds; leave the cell empty where the time is not known.";
    IMPOSSIBLE_DURATION = "R-VALUE-009" Warning "an answering time is not above zero"
        "Clocks of phones jump, and some exports write 0 for a form that was filled in on paper. The time counts as missing; the answers are used.";
}
