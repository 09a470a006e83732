//! What to write and where: the flags that `cert export` and `convert` share.

use clap::{Args, ValueEnum};

use crate::app::exporting::{Form, Part, Recipe, Target, Wanted};

#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// The form of the file
    #[arg(long, value_name = "FORM", value_enum)]
    to: FormArg,

    /// What goes into it [default: what the form is for]
    #[arg(long, value_name = "PART", value_enum)]
    part: Option<PartArg>,

    /// How a PKCS#12 is protected: legacy for readers of before 2021, pbmac1 for those that insist on RFC 9879
    #[arg(long, value_name = "RECIPE", value_enum, default_value = "modern")]
    recipe: RecipeArg,

    /// The name that other programs show for it (PKCS#12 friendlyName)
    #[arg(long, value_name = "NAME")]
    friendly_name: Option<String>,

    /// Where to write it (`-` = standard output); certificates go to standard output without it
    #[arg(long, value_name = "FILE")]
    out: Option<String>,

    /// Replace the file if it exists
    #[arg(long, requires = "out")]
    force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormArg {
    Pem,
    Der,
    Pkcs7,
    Pkcs8,
    Pkcs12,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PartArg {
    Fullchain,
    Leaf,
    Chain,
    Key,
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RecipeArg {
    Modern,
    Legacy,
    Pbmac1,
}

impl ExportArgs {
    /// `encrypt`: a password was given for the new file.
    pub fn wanted(&self, encrypt: bool) -> Wanted {
        Wanted {
            form: self.form(),
            part: self.part(),
            recipe: self.recipe(),
            friendly_name: self.friendly_name.clone(),
            target: self.target(),
            encrypt,
        }
    }

    fn form(&self) -> Form {
        match self.to {
            FormArg::Pem => Form::Pem,
            FormArg::Der => Form::Der,
            FormArg::Pkcs7 => Form::Pkcs7,
            FormArg::Pkcs8 => Form::Pkcs8,
            FormArg::Pkcs12 => Form::Pkcs12,
        }
    }

    fn part(&self) -> Option<Part> {
        self.part.map(|part| match part {
            PartArg::Fullchain => Part::Fullchain,
            PartArg::Leaf => Part::Leaf,
            PartArg::Chain => Part::Chain,
            PartArg::Key => Part::Key,
            PartArg::All => Part::All,
        })
    }

    fn recipe(&self) -> Recipe {
        match self.recipe {
            RecipeArg::Modern => Recipe::Modern,
            RecipeArg::Legacy => Recipe::Legacy,
            RecipeArg::Pbmac1 => Recipe::Pbmac1,
        }
    }

    fn target(&self) -> Target {
        match self.out.as_deref() {
            None => Target::Implied,
            Some("-") => Target::StandardOutput,
            Some(path) => Target::File { path: path.to_owned(), force: self.force },
        }
    }
}
